//! All bytes of a record but those of our INFO keys leave as they came.

use proptest::prelude::*;

use super::*;

/// A record's INFO without the entries whose key begins as ours do; written apart from the code under test.
fn without_ours(info: &str) -> String {
    let kept: Vec<_> = info.split(';').filter(|entry| !entry.starts_with("KV")).collect();
    if kept.is_empty() { ".".into() } else { kept.join(";") }
}

fn info() -> impl Strategy<Value = String> {
    let entry = prop_oneof!["[A-J][A-Z.]{0,4}", "[A-J]=[a-z0-9,|.=]{0,9}", Just("KV_tiny_2_DIFF=1,2".to_owned())];
    prop_oneof![Just(".".to_owned()), prop::collection::vec(entry, 1..6).prop_map(|entries| entries.join(";"))]
}

proptest! {
    #[test]
    fn nothing_but_info_changes_and_the_input_can_be_had_back(
        infos in prop::collection::vec((info(), "[A-Z.]{1,9}", "(\t[0-9:|/.]{1,5}){3}", any::<bool>()), 1..8),
        with_samples: bool,
        allele_scores in prop::collection::vec(prop::option::of(prop::num::f32::ANY), 8 * 3),
        tasks in 1..4usize,
        layout in prop_oneof![Just(InfoLayout::Packed), Just(InfoLayout::PerTask)],
    ) {
        let mut text = format!("{COLUMNS}{}\n", if with_samples { "\tFORMAT\ta\tb" } else { "" });
        for (index, (info, id, rest, windows)) in infos.iter().enumerate() {
            let rest = if with_samples { rest } else { "" };
            let end = if *windows { "\r\n" } else { "\n" };
            text += &format!("1\t{index}\t{id}\tA\tC,G,T\t1.50\tPASS\t{info}{rest}{end}");
        }
        let (_, records): (_, Vec<VcfRecord>) = read(&text);
        let mut values = Vec::new();
        let outcomes = allele_scores.chunks(3).map(|alleles| {
            alleles.iter().map(|score| match score {
                Some(score) => {
                    values.extend([*score].repeat(tasks));
                    Done(values.len() / tasks - 1)
                }
                None => skipped(SkipReason::AlleleTooLong),
            }).collect()
        }).collect();
        let names = ["a", "b", "c"];
        let options = native(layout, &[label("diff", &names[..tasks])]);
        let written = write_with(&text, &[], options, outcomes, vec![matrix(tasks, &values)], |_| ()).unwrap();

        let lines = written.text.split_inclusive('\n').filter(|line| !line.starts_with('#'));
        prop_assert_eq!(lines.clone().count(), records.len());
        for (line, input) in lines.zip(text.split_inclusive('\n').skip(1)) {
            let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
            let (mut output, mut input) = (columns(line), columns(input));
            prop_assert!(output[7].contains("KV_tiny_2_"));
            // The last column carries the line's end.
            for columns in [&mut output, &mut input] {
                let end = columns[7].find(['\r', '\n']).unwrap_or(columns[7].len());
                let end = columns[7].split_off(end);
                columns[7] = without_ours(&columns[7]) + &end;
            }
            prop_assert_eq!(output, input);
        }
    }
}
