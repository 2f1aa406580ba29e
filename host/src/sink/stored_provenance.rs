//! How files hold what their contents follow from.

use crate::provenance::Provenance;

/// The name of the attribute of HDF5, the metadata of Parquet, the text of PNG, and the element of SVG.
pub(super) const PROVENANCE_ATTRIBUTE: &str = "kipos_provenance";

/// How the line in the header of a VCF begins; JSON follows.
pub(super) const HEADER_KEY: &str = "##kipos_provenance=";

/// Where the metadata of an SVG begin and end.
const SVG_START: &str = "<metadata id=\"kipos_provenance\">";
const SVG_END: &str = "</metadata>";
/// What the metadata of an SVG stand behind.
const SVG_PLACE: &str = "</title>\n";

/// What a PNG begins with.
pub(super) const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Where the first chunk of a PNG, its header, ends.
#[cfg(any(feature = "png", test))]
const PNG_HEADER_END: usize = 33;
/// The type of chunks of UTF-8 text.
const PNG_TEXT: &[u8; 4] = b"iTXt";

/// What a line of a header says of a run, if it does.
pub(super) fn of_header_line(line: &[u8]) -> Option<Provenance> {
    let json = line.strip_prefix(HEADER_KEY.as_bytes())?;
    Provenance::from_json(std::str::from_utf8(json).ok()?)
}

/// The text of an SVG, with what it follows from in it.
pub(crate) fn svg_with_provenance(svg: String, provenance: &Provenance) -> String {
    match svg.find(SVG_PLACE) {
        Some(at) => {
            let (before, after) = svg.split_at(at + SVG_PLACE.len());
            let json = provenance.to_json().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("{before}{SVG_START}{json}{SVG_END}\n{after}")
        }
        None => svg,
    }
}

/// What the text of an SVG follows from, if it says so.
pub(super) fn of_svg(svg: &str) -> Option<Provenance> {
    let (_, after) = svg.split_once(SVG_START)?;
    let (json, _) = after.split_once(SVG_END)?;
    Provenance::from_json(&json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// The bytes of a PNG, with what it follows from in them.
#[cfg(any(feature = "png", test))]
pub(crate) fn png_with_provenance(png: &[u8], provenance: &Provenance) -> Vec<u8> {
    if !png.starts_with(PNG_SIGNATURE) || png.len() < PNG_HEADER_END {
        return png.to_vec();
    }
    let (head, rest) = png.split_at(PNG_HEADER_END);
    // Not compressed, in no language, under no translated name.
    let text = [PROVENANCE_ATTRIBUTE.as_bytes(), b"\0\0\0\0\0", provenance.to_json().as_bytes()].concat();
    let Ok(length) = u32::try_from(text.len()) else { return png.to_vec() };
    let body = [&PNG_TEXT[..], &text].concat();
    let sum = crc32fast::hash(&body);
    [head, &length.to_be_bytes(), &body, &sum.to_be_bytes(), rest].concat()
}

/// What a PNG follows from, if it says so.
pub(super) fn of_png(png: &[u8]) -> Option<Provenance> {
    let mut rest = png.strip_prefix(PNG_SIGNATURE)?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let text = after.get(..length)?;
        let name = text.strip_prefix(PROVENANCE_ATTRIBUTE.as_bytes()).and_then(|text| text.strip_prefix(b"\0\0\0\0\0"));
        match name {
            Some(json) if kind == PNG_TEXT => return Provenance::from_json(std::str::from_utf8(json).ok()?),
            _ => rest = after.get(length + 4..)?,
        }
    }
}

/// What an archive such as NumPy's `.npz` follows from, if the comment at its end says so.
pub(super) fn of_archive(archive: &[u8]) -> Option<Provenance> {
    /// The record that ends an archive, without the comment.
    const END: usize = 22;

    let last = archive.len().checked_sub(END)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().filter(|at| archive[*at..].starts_with(b"PK\x05\x06")).find_map(|at| {
        let length = usize::from(u16::from_le_bytes(*archive[at + END - 2..].first_chunk()?));
        let comment = archive.get(at + END..)?;
        let text = (comment.len() == length).then(|| std::str::from_utf8(comment).ok()).flatten()?;
        Provenance::from_json(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance() -> Provenance {
        Provenance::new().with("name", "a<b>&amp; \"é\" PK\u{5}\u{6}").with_group("x", Provenance::new().with("y", 1))
    }

    #[test]
    fn what_is_written_into_a_picture_is_read() {
        let svg = "<svg>\n<title>t</title>\n<g/>\n</svg>\n";
        let written = svg_with_provenance(svg.into(), &provenance());
        assert!(written.contains("a&lt;b&gt;&amp;amp; "), "{written}");
        assert_eq!((of_svg(&written), of_svg(svg)), (Some(provenance()), None));

        // The picture of one white pixel.
        let mut png = PNG_SIGNATURE.to_vec();
        for (kind, data) in [(b"IHDR", &b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"[..]), (b"IEND", b"")] {
            let body = [&kind[..], data].concat();
            png.extend([&(data.len() as u32).to_be_bytes()[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat());
        }
        let written = png_with_provenance(&png, &provenance());
        assert_eq!((of_png(&written), of_png(&png)), (Some(provenance()), None));
        assert!((0..written.len()).all(|end| of_png(&written[..end]).is_none_or(|found| found == provenance())));
        assert_eq!(png_with_provenance(b"GIF", &provenance()), b"GIF");
    }

    #[test]
    fn a_comment_that_ends_an_archive_is_read() {
        let json = provenance().to_json();
        let end = [&b"PK\x05\x06"[..], &[0; 16], &(json.len() as u16).to_le_bytes(), json.as_bytes()].concat();
        let archive = [&b"PK\x03\x04 some members "[..], &end].concat();
        assert_eq!(of_archive(&archive), Some(provenance()));
        assert_eq!(
            (of_archive(&archive[..archive.len() - 1]), of_archive(b"PK\x05\x06"), of_archive(b"")),
            (None, None, None)
        );
    }

    #[test]
    fn a_header_line_of_others_says_nothing() {
        assert_eq!(of_header_line(format!("{HEADER_KEY}{}", provenance().to_json()).as_bytes()), Some(provenance()));
        for line in [&b"##kipos_provenance=1"[..], b"##kipos_provenance={\xff}", b"##kipos_model={}"] {
            assert_eq!(of_header_line(line), None);
        }
    }
}
