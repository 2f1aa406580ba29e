//! The name that Kipoi gives a variant.

use crate::genome::VcfRecord;
use crate::number::append_integer;

/// Appends `CHROM:POS:REF:['ALT', 'ALT2']`. A semicolon, which would end an ID or an INFO entry, becomes `%3B`.
pub(super) fn append_variant_id(out: &mut Vec<u8>, record: &VcfRecord) {
    append_escaped(out, record.chrom().as_bytes());
    out.push(b':');
    append_integer(out, record.pos());
    out.push(b':');
    append_escaped(out, record.reference());
    out.extend_from_slice(b":[");
    for (index, alternate) in record.alternates().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        out.push(b'\'');
        append_escaped(out, alternate);
        out.push(b'\'');
    }
    out.push(b']');
}

fn append_escaped(out: &mut Vec<u8>, text: &[u8]) {
    for (index, piece) in text.split(|byte| *byte == b';').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"%3B");
        }
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::records;

    #[test]
    fn alleles_are_listed_as_python_lists_them() {
        let ids: Vec<_> = records("chr22\t0021\t.\tA\tT\nHLA;1\t5\trs1\ta\tC,<DEL>\n1\t7\t.\tG\t.\n")
            .iter()
            .map(|record| {
                let mut id = Vec::new();
                append_variant_id(&mut id, record);
                String::from_utf8(id).unwrap()
            })
            .collect();
        assert_eq!(ids, ["chr22:21:A:['T']", "HLA%3B1:5:a:['C', '<DEL>']", "1:7:G:[]"]);
    }
}
