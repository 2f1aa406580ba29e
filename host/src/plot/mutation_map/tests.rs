use super::*;
use crate::plot::svg::svg;

/// The bases ACGT: their values are 1 to 4 times 4 in rows, 0 for the base itself.
fn picture() -> MutationMapPicture {
    #[rustfmt::skip]
    let values = vec![
        0.0, -1.0, 2.0, 1.0,
        1.0, 0.0, 4.0, -3.0,
        -0.5, 0.5, 0.0, 2.0,
        0.25, -2.0, 1.0, 0.0,
    ];
    MutationMapPicture {
        contig: "chr1".to_owned(),
        contig_length: None,
        start: 100,
        sequence: "ACGT".to_owned(),
        values,
        variants: vec![MarkedVariant { start: 101, reference: "C".into(), alternate: "T".into(), id: "rs1".into() }],
        score: "diff".to_owned(),
        title: "diff of task 0".to_owned(),
        subtitle: "chr1:101-104".to_owned(),
    }
}

fn drawn(options: &MutationMapOptions) -> Drawn {
    let picture = picture();
    Drawn::of(&picture, options.limit.range(4, 100).unwrap(), options.reverse_complement)
}

#[test]
fn letters_are_as_high_as_the_mean_magnitude_of_all_four_rows() {
    let options = MutationMapOptions::default();
    assert_eq!(drawn(&options).heights(&options), [0.4375, 0.875, 1.75, 1.5]);
}

#[test]
fn a_minimum_lifts_all_but_the_highest_letter() {
    let options = MutationMapOptions { minimum_letter_height: Some(0.5), ..Default::default() };
    assert_eq!(drawn(&options).heights(&options), [1.09375, 1.3125, 1.75, 1.625]);
}

#[test]
fn signed_letters_show_minus_the_mean() {
    let options = MutationMapOptions { signed_letters: true, ..Default::default() };
    assert_eq!(drawn(&options).heights(&options), [-0.1875, 0.625, -1.75, 0.0]);
}

#[test]
fn the_reverse_complement_turns_everything() {
    let options = MutationMapOptions { reverse_complement: true, ..Default::default() };
    let turned = drawn(&options);
    assert_eq!(turned.letters, [Letter::A, Letter::C, Letter::G, Letter::T]);
    #[rustfmt::skip]
    let values = vec![
        0.0, 1.0, -2.0, 0.25,
        2.0, 0.0, 0.5, -0.5,
        -3.0, 4.0, 0.0, 1.0,
        1.0, 2.0, -1.0, 0.0,
    ];
    assert_eq!(turned.grid.values, values);
    // C>T on column 1 is G>A on column 2.
    assert_eq!(turned.variants[0].1, Span { column: 2, columns: 1, row: Some(0) });
}

#[test]
fn a_limit_cuts_values_variants_and_coordinates() {
    let options = MutationMapOptions { limit: PlotLimit::Genomic(102, 104), ..Default::default() };
    let cut = drawn(&options);
    assert_eq!(cut.letters, [Letter::G, Letter::T]);
    assert_eq!(cut.grid.values, [2.0, 1.0, 4.0, -3.0, 0.0, 2.0, 1.0, 0.0]);
    assert!(cut.variants.is_empty());
    assert_eq!((cut.coordinates.start, cut.coordinates.end), (102, 104));
}

#[test]
fn variants_are_shown_as_far_as_they_are_drawn() {
    let variant = |start, reference: &str, alternate: &str| MarkedVariant {
        start,
        reference: reference.into(),
        alternate: alternate.into(),
        id: String::new(),
    };
    let span = |variant| super::span(&variant, 100, 10);
    assert_eq!(span(variant(100, "A", "C")), Some(Span { column: 0, columns: 1, row: Some(1) }));
    assert_eq!(span(variant(108, "ACGT", "A")), Some(Span { column: 8, columns: 2, row: None }));
    assert_eq!(span(variant(98, "ACGT", "A")), Some(Span { column: 0, columns: 2, row: None }));
    assert_eq!(span(variant(105, "A", "ACC")), Some(Span { column: 5, columns: 1, row: None }));
    assert_eq!([span(variant(99, "A", "C")), span(variant(110, "A", "C"))], [None, None]);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let mut picture = picture();
    let options = MutationMapOptions { minimum_letter_height: Some(1.5), ..Default::default() };
    insta::assert_snapshot!(picture.draw(&options).unwrap_err(), @"the minimum letter height is 1.5; choose a number from 0 to 1");
    let options = MutationMapOptions { limit: PlotLimit::Genomic(0, 4), ..Default::default() };
    insta::assert_snapshot!(picture.draw(&options).unwrap_err(), @"limit-region-genomic [0, 4) is not within [100, 104); choose two numbers within it, the smaller one first");
    picture.values.pop();
    insta::assert_snapshot!(picture.draw(&MutationMapOptions::default()).unwrap_err(), @"a map of 4 columns needs 16 values in 4 rows and not 15");
}

#[test]
fn maps_without_any_effect_or_value_are_drawn() {
    for value in [0.0, f32::NAN] {
        let picture = MutationMapPicture { values: vec![value; 16], ..picture() };
        let text = svg(&picture.draw(&MutationMapOptions::default()).unwrap());
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn a_map_of_nothing_but_nan_says_so() {
    let full = picture().draw(&MutationMapOptions::default()).unwrap();
    assert_eq!(full.warning, None);
    let zero = MutationMapPicture { values: vec![0.0; 16], ..picture() };
    assert_eq!(zero.draw(&MutationMapOptions::default()).unwrap().warning, None, "no effect is a value");
    // Scores that compare have 0 where the sequence has the base already, which is no value of a change.
    let mut values = vec![f32::NAN; 16];
    for (column, base) in picture().sequence.bytes().enumerate() {
        let row = b"ACGT".iter().position(|other| *other == base);
        row.into_iter().for_each(|row| values[row * 4 + column] = 0.0);
    }
    for values in [values, vec![f32::NAN; 16], vec![f32::INFINITY; 16]] {
        let scene = MutationMapPicture { values, ..picture() }.draw(&MutationMapOptions::default()).unwrap();
        assert_eq!(scene.warning.unwrap(), "the picture is empty: none of its values is a finite number");
        assert!(scene.title.contains("(no finite values: "), "{}", scene.title);
    }
}

#[test]
fn every_part_has_its_place() {
    let text = svg(&picture().draw(&MutationMapOptions::default()).unwrap());
    let layers: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("<g class=\"")?.split('"').next()).collect();
    insta::assert_snapshot!(layers.join(" "), @"titles variant-lines base-line logo values sequence heat-map frame reference rows variants positions color-bar color-bar-axis");
    let cells = text.split("<g class=\"heat-map\"").nth(1).unwrap().split("</g>").next().unwrap();
    insta::assert_snapshot!(cells.lines().skip(1).take(3).collect::<Vec<_>>().join("\n"), @r##"
    <rect x="74" y="231" width="40" height="22" fill="#ffffff"/>
    <rect x="114" y="231" width="40" height="22" fill="#b6cdee"/>
    <rect x="154" y="231" width="40" height="22" fill="#f08b72"/>
    "##);
}
