//! VCFs in the manner of well-known programs and collections, on a genome of one short contig.

use crate::dna::{bases, snv};

/// Bases of the contig.
pub const LENGTH: usize = 400;

/// The contig, of whatever name.
pub fn contig() -> Vec<u8> {
    bases(LENGTH, 51)
}

/// A VCF in someone's manner.
pub struct Fixture {
    /// Whose.
    pub name: &'static str,
    /// The text.
    pub vcf: String,
    /// How many of its alleles cannot be scored.
    pub skipped: usize,
}

/// Columns from ID on of a record: `REF` and `ALT` stand for a base of the genome and another.
type Rest = &'static str;

fn fixture(name: &'static str, skipped: usize, chrom: &str, header: &str, samples: &str, rests: &[Rest]) -> Fixture {
    let contig = contig();
    let record = |(index, rest): (usize, &Rest)| {
        let pos = 40 + 10 * index;
        let own = snv(chrom, &contig, pos, 1);
        let letters: Vec<_> = own.split('\t').collect();
        let rest = rest.replace("REF", letters[3]).replace("ALT", letters[4]).replace(' ', "\t");
        format!("{chrom}\t{pos}\t{rest}\n")
    };
    let records: String = rests.iter().enumerate().map(record).collect();
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    let samples: String = samples.split_whitespace().map(|column| format!("\t{column}")).collect();
    Fixture { name, skipped, vcf: format!("{header}{columns}{samples}\n{records}") }
}

/// All of them.
pub fn all() -> Vec<Fixture> {
    vec![
        fixture("GATK", 2, "chr1", GATK, "FORMAT NA12878 NA12892", GATK_RECORDS),
        fixture("DeepVariant", 0, "chr1", DEEPVARIANT, "FORMAT default", DEEPVARIANT_RECORDS),
        fixture("1000 Genomes", 1, "1", THOUSAND_GENOMES, "FORMAT HG00096 HG00097 HG00099", THOUSAND_GENOMES_RECORDS),
        fixture("gnomAD", 0, "chr1", GNOMAD, "", GNOMAD_RECORDS),
        fixture("ClinVar", 1, "1", CLINVAR, "", CLINVAR_RECORDS),
        fixture("VEP", 0, "chr1", VEP, "", VEP_RECORDS),
        fixture("pedigree", 4, "chr1", PEDIGREE, "FORMAT kid mum dad", PEDIGREE_RECORDS),
        fixture("bare", 0, "chr1", "##fileformat=VCFv4.1\n", "FORMAT s", BARE_RECORDS),
        fixture("many contigs", 0, "chr1", &many_contigs(), "FORMAT s", MANY_CONTIGS_RECORDS),
    ]
}

const GATK: &str = r#"##fileformat=VCFv4.2
##ALT=<ID=NON_REF,Description="Represents any possible alternative allele not already represented at this location by REF and ALT">
##FILTER=<ID=LowQual,Description="Low quality">
##FILTER=<ID=PASS,Description="All filters passed">
##FILTER=<ID=VQSRTrancheSNP99.90to100.00+,Description="Truth sensitivity tranche level for SNP model at VQS Lod < -10.5">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths for the ref and alt alleles in the order listed">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth (reads with MQ=255 or with bad mates are filtered)">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype Quality">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=PGT,Number=1,Type=String,Description="Physical phasing haplotype information, describing how the alternate alleles are phased in relation to one another; will always be heterozygous and is not intended to describe called alleles">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description="Normalized, Phred-scaled likelihoods for genotypes as defined in the VCF specification">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="Per-sample component statistics which comprise the Fisher's Exact Test to detect strand bias.">
##GATKCommandLine=<ID=HaplotypeCaller,CommandLine="HaplotypeCaller --emit-ref-confidence GVCF --output /out/a.g.vcf --intervals chr1:1-400 --annotation-group \"StandardAnnotation\" --max-mnp-distance 0",Version="4.2.6.1",Date="12. März 2023, 09:14:02 MEZ">
##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)
##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count in genotypes, for each ALT allele, in the same order as listed">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele Frequency, for each ALT allele, in the same order as listed">
##INFO=<ID=DB,Number=0,Type=Flag,Description="dbSNP Membership">
##INFO=<ID=END,Number=1,Type=Integer,Description="Stop position of the interval">
##INFO=<ID=MQRankSum,Number=1,Type=Float,Description="Z-score From Wilcoxon rank sum test of Alt vs. Ref read mapping qualities">
##INFO=<ID=RAW_MQandDP,Number=2,Type=Integer,Description="Raw data (sum of squared MQ and total depth) for improved RMS Mapping Quality calculation. Incompatible with deprecated RAW_MQ formulation.">
##contig=<ID=chr1,length=400,assembly=38>
##contig=<ID=HLA-A*01:01:01:01,length=3503>
##reference=file:///data/Homo_sapiens_assembly38.fasta
##source=HaplotypeCaller
##source=GenotypeGVCFs
"#;

const GATK_RECORDS: &[Rest] = &[
    "rs1;rs2 REF ALT,<NON_REF> 3021.77 PASS AC=1,0;AF=0.25,0.00;DB;MQRankSum=-1.234e+00;RAW_MQandDP=90000,25 \
     GT:AD:DP:GQ:PGT:PL:SB 0|1:12,10,0:22:99:0|1:300,0,400,336,430,766:6,6,5,5 ./.:.:.:.:.:.:.",
    ". REF <NON_REF> . . END=52 GT:DP:GQ 0/0:30:81 0/0:28:60",
    ". REF ALT 57.6 VQSRTrancheSNP99.90to100.00+ AC=2;AF=1.00;MQRankSum=nan GT:AD 1/1:0,3 ./.:0,0",
];

const DEEPVARIANT: &str = r#"##fileformat=VCFv4.2
##FILTER=<ID=PASS,Description="All filters passed">
##FILTER=<ID=RefCall,Description="Genotyping model thinks this site is reference.">
##FILTER=<ID=NoCall,Description="Site has depth=0 resulting in no call.">
##INFO=<ID=END,Number=1,Type=Integer,Description="Stop position of the interval">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Conditional genotype quality">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Read depth for each allele">
##FORMAT=<ID=VAF,Number=A,Type=Float,Description="Variant allele fractions.">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description="Phred-scaled genotype likelihoods rounded to the closest integer">
##DeepVariant_version=1.5.0
##contig=<ID=chr1,length=400>
"#;

const DEEPVARIANT_RECORDS: &[Rest] = &[
    ". REF ALT 42.4 PASS . GT:GQ:AD:VAF:PL 1/1:39:0,33:1:42,41,0",
    ". REF ALT 0.1 RefCall . GT:GQ:AD:VAF:PL ./.:17:12,4:0.25:0,16,40",
];

const THOUSAND_GENOMES: &str = r#"##fileformat=VCFv4.1
##FILTER=<ID=PASS,Description="All filters passed">
##fileDate=20150218
##reference=ftp://ftp.1000genomes.ebi.ac.uk//vol1/ftp/technical/reference/phase2_reference_assembly_sequence/hs37d5.fa.gz
##source=1000GenomesPhase3Pipeline
##contig=<ID=1,assembly=b37,length=400>
##contig=<ID=GL000226.1,assembly=b37,length=15008>
##ALT=<ID=CNV,Description="Copy Number Polymorphism">
##ALT=<ID=INS:ME:ALU,Description="Insertion of ALU element">
##ALT=<ID=CN0,Description="Copy number allele: 0 copies">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##INFO=<ID=CIEND,Number=2,Type=Integer,Description="Confidence interval around END for imprecise variants">
##INFO=<ID=CS,Number=1,Type=String,Description="Source call set.">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">
##INFO=<ID=AF,Number=A,Type=Float,Description="Estimated allele frequency in the range (0,1)">
##INFO=<ID=AA,Number=1,Type=String,Description="Ancestral Allele. Format: AA|REF|ALT|IndelType. AA: Ancestral allele, REF:Reference Allele, ALT:Alternate Allele, IndelType:Type of Indel (REF, ALT and IndelType are only defined for indels)">
##INFO=<ID=VT,Number=.,Type=String,Description="indicates what type of variant the line represents">
##INFO=<ID=MULTI_ALLELIC,Number=0,Type=Flag,Description="indicates whether a site is multi-allelic">
"#;

const THOUSAND_GENOMES_RECORDS: &[Rest] = &[
    "rs367896724 REF ALT 100 PASS AF=0.425319;AA=|||unknown(NO_COVERAGE);VT=SNP GT 1|0 0|1 0|1",
    "esv3584976 REF <CN0> 100 PASS AF=0.000599042;CIEND=-50,141;CS=DUP_gs;SVTYPE=DEL GT 0|0 0|0 0|1",
    ". REF ALT 100 PASS AF=0.000199681;VT=SNP;MULTI_ALLELIC GT 0|0 0|0 1|0",
];

const GNOMAD: &str = r###"##fileformat=VCFv4.2
##hailversion=0.2.122-be9d88a80695
##FILTER=<ID=AC0,Description="Allele count is zero after filtering out low-confidence genotypes (GQ < 20; DP < 10; and AB < 0.2 for het calls)">
##FILTER=<ID=AS_VQSR,Description="Failed VQSR filtering thresholds of SNPs: -1.4526, indels: 0.0717">
##FILTER=<ID=PASS,Description="Passed all variant filters">
##INFO=<ID=AC,Number=A,Type=Integer,Description="Alternate allele count">
##INFO=<ID=AF,Number=A,Type=Float,Description="Alternate allele frequency">
##INFO=<ID=grpmax,Number=A,Type=String,Description="Genetic ancestry group with the maximum allele frequency">
##INFO=<ID=age_hist_het_bin_freq,Number=A,Type=String,Description="Histogram of ages of heterozygous individuals; bin edges are: [30.0, 35.0, 40.0]; total number of individuals of any genotype bin: 2547,3423,4546">
##INFO=<ID=lcr,Number=0,Type=Flag,Description="Variant falls within a low complexity region">
##INFO=<ID=vep,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: Allele|Consequence|IMPACT|SYMBOL|HGVSc|LoF_flags">
##INFO=<ID=_odd.key,Number=1,Type=String,Description="">
##contig=<ID=chr1,length=400,assembly=GRCh38>
##contig=<ID=chr1_KI270706v1_random,length=175055,assembly=GRCh38>
"###;

const GNOMAD_RECORDS: &[Rest] = &[
    ". REF ALT . AC0;AS_VQSR AC=0;AF=0.00000e+00;age_hist_het_bin_freq=0|0|0;lcr;_odd.key=a:b",
    "rs1557426776 REF ALT . PASS AC=12;AF=9.71251e-05;grpmax=nfe;\
     vep=ALT|intron_variant&non_coding|MODIFIER|DDX11L1|ENST00000450305.2:c.68-124C>A|,ALT|upstream|MODIFIER||%3D|",
];

const CLINVAR: &str = r#"##fileformat=VCFv4.1
##fileDate=2023-06-26
##source=ClinVar
##reference=GRCh38
##ID=<Description="ClinVar Variation ID">
##INFO=<ID=AF_ESP,Number=1,Type=Float,Description="allele frequencies from GO-ESP">
##INFO=<ID=ALLELEID,Number=1,Type=Integer,Description="the ClinVar Allele ID">
##INFO=<ID=CLNDISDB,Number=.,Type=String,Description="Tag-value pairs of disease database name and identifier submitted for germline classifications, e.g. OMIM:NNNNNN">
##INFO=<ID=CLNHGVS,Number=.,Type=String,Description="Top-level (primary assembly, alt, or patch) HGVS expression.">
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification for this single variant; multiple values are separated by a vertical bar">
##INFO=<ID=GENEINFO,Number=1,Type=String,Description="Gene(s) for the variant reported as gene symbol:gene id. The gene symbol and id are delimited by a colon (:) and each pair is delimited by a vertical bar (|)">
##INFO=<ID=RS,Number=.,Type=String,Description="dbSNP ID (i.e. rs number)">
"#;

const CLINVAR_RECORDS: &[Rest] = &[
    "1344254 REF ALT . . AF_ESP=0.00008;ALLELEID=1334997;CLNDISDB=MedGen:CN517202,Orphanet:ORPHA98375;\
     CLNHGVS=NC_000001.11:g.925952G>A;CLNSIG=Conflicting_classifications_of_pathogenicity|other;\
     GENEINFO=SAMD11:148398|LOC1:2;RS=1640863258",
    "929884 REF . . . ALLELEID=917607;CLNHGVS=NC_000001.11:g.926010=;CLNSIG=not_provided",
    "12345 REF ALT . . .",
];

const VEP: &str = r#"##fileformat=VCFv4.2
##contig=<ID=chr1,length=400,md5=6aef897c3d6ff0c78aff06ac189178dd,species="Homo sapiens",taxonomy=x,URL="ftp://h/a,b.fa">
##FILTER=<ID=PASS,Description="All filters passed">
##VEP="v109" API="v109" time="2023-05-03 10:11:12" cache="/opt/vep/homo_sapiens/109_GRCh38" ensembl-io=109.4946693 dbSNP="154" COSMIC="97"
##VEP-command-line='vep --cache --plugin CADD,a.tsv.gz,b.tsv.gz --fields "Consequence,SYMBOL" --vcf'
##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: Allele|Consequence|SYMBOL|CADD_PHRED">
##CADD_PHRED="PHRED-like scaled CADD score; see <https://cadd.gs.washington.edu/>"
##bcftools_viewVersion=1.16+htslib-1.16
##bcftools_viewCommand=view -i 'INFO/CSQ~"missense"' -Oz -o a.vcf.gz; Date=Wed May  3 10:20:00 2023
"#;

const VEP_RECORDS: &[Rest] = &[
    ". REF ALT . PASS CSQ=ALT|missense_variant&splice_region_variant|OR4F5|23.4,ALT|downstream||",
    ". REF ALT . PASS .",
];

const PEDIGREE: &str = r#"##fileformat=VCFv4.3
##META=<ID=Assay,Type=String,Number=.,Values=[WholeGenome, Exome]>
##SAMPLE=<ID=kid,Assay=WholeGenome,Ethnicity=AFR,Description="Patient germline genome, from \"blood\"",DOI=http://a.b/c?d=e>
##SAMPLE=<ID=mum,Assay=Exome>
##PEDIGREE=<ID=kid,Father=dad,Mother=mum>
##pedigreeDB=https://example.org/ped?id=1
##assembly=ftp://example.org/breakpoint.fa
##contig=<ID=chr1,length=400>
##contig=<ID=chr1,length=400>
##ALT=<ID=DEL:ME:L1,Description="Deletion of L1, \"young\"">
##ALT=<ID=R,Description="IUPAC code R = A/G">
##FILTER=<ID=q10,Description="Quality below 10">
##FILTER=<ID=q10,Description="Quality below 10">
##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Difference in length">
##INFO=<ID=H2,Number=0,Type=Flag,Description="HapMap2 membership",Source="x, y",Version="3=4">
##INFO=<ID=H2,Number=0,Type=Flag,Description="HapMap2 membership",Source="x, y",Version="3=4">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=HQ,Number=2,Type=Integer,Description="Haplotype Quality">
##FORMAT=<ID=FT,Number=.,Type=String,Description="Filters, or PASS">
"#;

const PEDIGREE_RECORDS: &[Rest] = &[
    ". REF ALT 9 q10 H2 GT:HQ:FT 0|1:10,20:PASS 0|0:.,.:. .|.",
    ". REF <DEL:ME:L1> . PASS SVLEN=-60 GT 0/1 0/0 0/1",
    // Such a REF says nothing certain about the base, so it does not agree with the genome.
    ". N ALT . PASS . GT 1 0 .",
    ". R ALT . PASS H2 GT 1 0 .",
    ". REF *,ALT . . H2 GT:HQ 1/2:1,2 ./.:. 0/0",
];

const BARE_RECORDS: &[Rest] = &[
    ". REF ALT . . . . .",
    "a REF ALT 1 low;poor X=1;Y;Z=a,b;W=0.5,1.5 GT:XX:YY 0/1:7:text",
    "b REF ALT 1 PASS . GT .",
];

const MANY_CONTIGS_RECORDS: &[Rest] = &[". REF ALT 30 PASS DP=5 GT 0/1", ". REF ALT 30 PASS DP=6 GT 1/1"];

fn many_contigs() -> String {
    let contigs = (0..2000).map(|number| {
        let (name, length) =
            if number == 1234 { ("chr1".to_owned(), LENGTH) } else { (format!("scaffold_{number}"), 5000 + number) };
        format!("##contig=<ID={name},length={length}>\n")
    });
    let contigs: String = contigs.collect();
    format!(
        "##fileformat=VCFv4.2\n{contigs}##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
    )
}
