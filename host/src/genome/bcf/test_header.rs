//! Headers for tests of BCF.

/// Declares a field of every type.
pub(crate) const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##contig=<ID=chr1,length=1000>\n##contig=<ID=chr2,length=1000>\n\
    ##FILTER=<ID=q10,Description=\"Low\">\n\
    ##INFO=<ID=DP,Number=.,Type=Integer,Description=\"Depth\">\n\
    ##INFO=<ID=AF,Number=.,Type=Float,Description=\"Frequency\">\n\
    ##INFO=<ID=DB,Number=0,Type=Flag,Description=\"Known\">\n\
    ##INFO=<ID=S,Number=.,Type=String,Description=\"Text\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##FORMAT=<ID=DP,Number=.,Type=Integer,Description=\"Depth\">\n\
    ##FORMAT=<ID=GL,Number=.,Type=Float,Description=\"Likelihoods\">\n\
    ##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Filter\">\n";
/// The last line of a header with two samples.
pub(crate) const WITH_SAMPLES: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";
