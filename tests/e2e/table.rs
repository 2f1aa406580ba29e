//! A table of scores, taken apart again without any of kipos's code.

/// The columns before the scores.
pub const FIXED: [&str; 10] =
    ["chrom", "pos", "id", "ref", "alt", "region_id", "region_start", "region_end", "strand", "skip"];

/// A table with named columns.
#[derive(Debug)]
pub struct Table {
    names: Vec<String>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a table, which must begin with the fixed columns and have no row that is too long or too short.
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n') && !text.contains('\r'), "{text}");
        let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines().map(cells);
        let names = lines.next().unwrap();
        assert_eq!(names[..FIXED.len()], FIXED);
        let rows: Vec<_> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == names.len()), "{text}");
        Self { names, rows }
    }

    /// The names of the columns of scores.
    pub fn scores(&self) -> &[String] {
        &self.names[FIXED.len()..]
    }

    /// All cells of a column.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let index = self.names.iter().position(|found| found == name);
        let index = index.unwrap_or_else(|| panic!("no column {name}: {:?}", self.names));
        self.rows.iter().map(|row| row[index].as_str()).collect()
    }
}
