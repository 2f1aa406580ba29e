//! Assemblies, told from one another by the length of a chromosome.

use super::Contig;

/// Names of an assembly, the contig that tells it, without `chr`, and the bases of that contig, as the assembly's
/// publishers state them.
const ASSEMBLIES: &[(&[&str], &str, u64)] = &[
    (&["hg38", "GRCh38"], "1", 248_956_422),
    (&["hg19", "GRCh37", "hs37d5", "b37"], "1", 249_250_621),
    (&["hg18", "NCBI36"], "1", 247_249_719),
    (&["hs1", "T2T-CHM13v2.0", "CHM13"], "1", 248_387_328),
    (&["mm39", "GRCm39"], "1", 195_154_279),
    (&["mm10", "GRCm38"], "1", 195_471_971),
    (&["mm9", "NCBI37", "MGSCv37"], "1", 197_195_432),
    (&["rn7", "mRatBN7.2"], "1", 260_522_016),
    (&["rn6", "Rnor_6.0"], "1", 282_763_074),
    (&["danRer11", "GRCz11"], "1", 59_578_282),
    (&["dm6", "BDGP6"], "2L", 23_513_712),
    (&["dm3", "BDGP5"], "2L", 23_011_544),
    (&["ce11", "WBcel235"], "I", 15_072_434),
    (&["sacCer3", "R64-1-1"], "I", 230_218),
];

/// What to say of a genome that is not of the assembly that a model names; `None` if it may be, or nothing tells: an
/// assembly that is not known, or a genome without the contig.
pub fn wrong_assembly(named: &str, contigs: &[Contig]) -> Option<String> {
    let is_named = |names: &[&str]| {
        // GRCh38.p13 and such are patches, which leave the chromosomes as they are.
        let stem =
            named.split_once(".p").filter(|(_, patch)| patch.parse::<u32>().is_ok()).map_or(named, |(stem, _)| stem);
        names.iter().any(|name| name.eq_ignore_ascii_case(stem))
    };
    let (_, contig, length) = ASSEMBLIES.iter().find(|(names, ..)| is_named(names))?;
    let without_prefix = |name: &str| name.strip_prefix("chr").unwrap_or(name) == *contig;
    let found = contigs.iter().find(|found| without_prefix(&found.name)).filter(|found| found.length != *length)?;
    let other = ASSEMBLIES.iter().find(|(_, other, bases)| other == contig && *bases == found.length);
    let other = other.and_then(|(names, ..)| names.first()).map_or(String::new(), |name| format!(", as in {name}"));
    Some(format!(
        "model.yaml says that the model is for {named} (`info.assembly`), in which {} has {length} bases, but in the genome \
         it has {}{other}",
        found.name, found.length
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(named: &str, contig: &str, length: u64) -> Option<String> {
        let other = Contig { name: "chr2".into(), length: 5 };
        wrong_assembly(named, &[other, Contig { name: contig.into(), length }])
    }

    #[test]
    fn the_other_assembly_is_named() {
        insta::assert_snapshot!(told("hg38", "chr1", 249_250_621).unwrap(), @"model.yaml says that the model is for hg38 (`info.assembly`), in which chr1 has 248956422 bases, but in the genome it has 249250621, as in hg19");
        insta::assert_snapshot!(told("GRCh37", "1", 248_956_422).unwrap(), @"model.yaml says that the model is for GRCh37 (`info.assembly`), in which 1 has 249250621 bases, but in the genome it has 248956422, as in hg38");
        insta::assert_snapshot!(told("dm6", "chr2L", 400).unwrap(), @"model.yaml says that the model is for dm6 (`info.assembly`), in which chr2L has 23513712 bases, but in the genome it has 400");
    }

    #[test]
    fn nothing_is_told_where_nothing_is_wrong_or_known() {
        assert_eq!(told("hg38", "chr1", 248_956_422), None);
        assert_eq!(told("grch38.p14", "1", 248_956_422), None);
        assert!(told("GRCh38.p14", "1", 1).is_some());
        assert_eq!(told("hg38", "chr10", 400), None);
        assert_eq!(told("felCat9", "chr1", 400), None);
    }

    #[test]
    fn every_assembly_is_told_from_the_others() {
        for (index, (names, contig, length)) in ASSEMBLIES.iter().enumerate() {
            for (others, other_contig, other_length) in &ASSEMBLIES[index + 1..] {
                assert!(contig != other_contig || length != other_length, "{names:?} {others:?}");
                assert!(names.iter().all(|name| !others.contains(name)), "{names:?} {others:?}");
            }
        }
    }
}
