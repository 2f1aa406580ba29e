//! Lines through the encoder and back through the decoder.

use super::{lines, open};
use crate::{
    genome::bcf::{
        BcfProblem, Encoder,
        test_header::{HEADER, WITH_SAMPLES},
    },
    number::append_shortest,
};
use proptest::prelude::*;

/// The BCF of these lines, whose header declares what they have.
fn encoded(header: &str, lines: &[String]) -> Result<Vec<u8>, BcfProblem> {
    let mut encoder = Encoder::new(header.as_bytes());
    lines.iter().for_each(|line| encoder.see(line.as_bytes()));
    let mut bytes = Vec::new();
    encoder.append_header(&mut bytes);
    lines.iter().try_for_each(|line| encoder.append_record(&mut bytes, line.as_bytes()).map(drop))?;
    Ok(bytes)
}

fn integer() -> impl Strategy<Value = String> {
    let number = prop_oneof![-130..130_i32, -33_000..33_000_i32, -2_147_483_640..=i32::MAX];
    prop_oneof![8 => number.prop_map(|number| number.to_string()), 1 => Just(".".to_owned())]
}

/// Floats spelled as the reader does, which has a test of its own.
fn float() -> impl Strategy<Value = String> {
    let number = any::<f32>().prop_map(|number| {
        let mut text = Vec::new();
        append_shortest(&mut text, number);
        String::from_utf8(text).unwrap()
    });
    prop_oneof![8 => number, 1 => Just(".".to_owned())]
}

fn list<T: Strategy<Value = String>>(element: fn() -> T) -> impl Strategy<Value = String> {
    prop::collection::vec(element(), 1..20).prop_map(|elements| elements.join(","))
}

fn genotype() -> impl Strategy<Value = String> {
    let allele = || prop_oneof![Just(".".to_owned()), (0..200_u32).prop_map(|allele| allele.to_string())];
    (allele(), prop::collection::vec((prop_oneof![Just("/"), Just("|")], allele()), 0..4)).prop_map(|(first, more)| {
        first + &more.into_iter().map(|(separator, allele)| separator.to_owned() + &allele).collect::<String>()
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z|,=]{1,20}", "[A-Zé]{20,200}", Just(".".to_owned())]
}

fn line() -> impl Strategy<Value = String> {
    let place = (
        "chr[12]",
        0..100_000_u32,
        "rs[0-9]{1,20}|\\.",
        "[ACGTN]{1,20}",
        "\\.|[ACGT]{1,3}(,<DEL>|,\\*|,[ACGT]{1,20}){0,20}",
    );
    let quality = (float(), "\\.|PASS|q10|q10;PASS");
    let info = (list(integer), list(float), text(), any::<[bool; 4]>());
    let sample = || (genotype(), list(integer), list(float), text());
    (place, quality, info, sample(), sample(), any::<[bool; 4]>()).prop_map(
        |((chrom, pos, id, reference, alternates), (quality, filter), (dp, af, s, keep), a, b, keys)| {
            let kept = |keep: [bool; 4], names: [String; 4], separator: &str| {
                let kept: Vec<_> =
                    names.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(name, _)| name).collect();
                if kept.is_empty() { ".".to_owned() } else { kept.join(separator) }
            };
            let info = kept(keep, [format!("DP={dp}"), format!("AF={af}"), "DB".into(), format!("S={s}")], ";");
            let names = ["GT", "DP", "GL", "FT"].map(str::to_owned);
            let columns = [names, [a.0, a.1, a.2, a.3], [b.0, b.1, b.2, b.3]].map(|fields| kept(keys, fields, ":"));
            format!(
                "{chrom}\t{pos}\t{id}\t{reference}\t{alternates}\t{quality}\t{filter}\t{info}\t{}",
                columns.join("\t")
            )
        },
    )
}

proptest! {
    #[test]
    fn records_come_back_as_they_were(given in prop::collection::vec(line(), 0..6)) {
        let bytes = encoded(&[HEADER, WITH_SAMPLES].concat(), &given).unwrap();
        prop_assert_eq!(lines(bytes.clone()).unwrap(), given.clone());
        // The header that comes back declares as much as the one that was given.
        let read = open(bytes.clone()).unwrap();
        let meta = read.header().meta_lines().iter().map(|line| String::from_utf8_lossy(line) + "\n");
        let header = meta.collect::<String>() + WITH_SAMPLES;
        prop_assert_eq!(encoded(&header, &given).unwrap(), bytes);
    }

    #[test]
    fn any_lines_are_written_or_refused(
        columns in prop::collection::vec("[.,;:/|=ADGPTchr0-9xé\r -]{0,6}|GT|DP=[0-9,]{0,3}", 0..13),
        declared in any::<bool>(),
    ) {
        let line = format!("chr1\t{}", columns.join("\t"));
        let header = if declared { [HEADER, WITH_SAMPLES].concat() } else { WITH_SAMPLES.to_owned() };
        if let Ok(bytes) = encoded(&header, std::slice::from_ref(&line)) {
            // What was written is well formed, or the line was no record from the start.
            prop_assert!(lines(bytes).is_ok() || line.contains('\r'));
        }
    }
}
