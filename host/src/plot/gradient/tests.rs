use super::*;
use crate::plot::svg::svg;

fn picture(is_reverse: bool) -> GradientPicture {
    let bases = vec![[1.0, 0.0, 0.0, 0.0], [0.0, -2.0, 0.0, 0.0], [0.5, 0.0, 0.0, -0.25]];
    GradientPicture {
        values: GradientValues::Letters(bases),
        stretch: Some(GradientStretch { contig: "chr1".to_owned(), contig_length: None, start: 10, is_reverse }),
        value_name: "gradient".to_owned(),
        title: "gradient".to_owned(),
        subtitle: "sample 0".to_owned(),
    }
}

fn options(limit: PlotLimit, reverse_complement: bool) -> GradientOptions {
    GradientOptions { limit, reverse_complement, ..GradientOptions::default() }
}

#[test]
fn genomic_limits_follow_the_strand() {
    let drawn = |is_reverse, limit, turn| {
        let (range, coordinates) = picture(is_reverse).drawn(&options(limit, turn)).unwrap();
        (range, coordinates.start, coordinates.end, coordinates.descending)
    };
    assert_eq!(drawn(false, PlotLimit::Genomic(10, 12), false), (0..2, 10, 12, false));
    assert_eq!(drawn(true, PlotLimit::Genomic(10, 12), false), (1..3, 10, 12, true));
    assert_eq!(drawn(true, PlotLimit::Columns(0, 1), false), (0..1, 12, 13, true));
    assert_eq!(drawn(true, PlotLimit::All, true), (0..3, 10, 13, false));
    assert_eq!(drawn(false, PlotLimit::All, true), (0..3, 10, 13, true));
}

#[test]
fn limits_are_within_the_stretch() {
    let error = picture(false).draw(&options(PlotLimit::Genomic(0, 3), false)).unwrap_err();
    insta::assert_snapshot!(error, @"limit-region-genomic [0, 3) is not within [10, 13); choose two numbers within it, the smaller one first");
}

#[test]
fn the_reverse_complement_turns_bases_and_letters() {
    let GradientValues::Letters(turned) = picture(false).values.part(0..3, true) else { panic!() };
    assert_eq!(turned, [[-0.25, 0.0, 0.0, 0.5], [0.0, 0.0, -2.0, 0.0], [0.0, 0.0, 0.0, 1.0]]);
    let rows = GradientValues::Rows(vec![vec![1.0, 2.0], vec![3.0, 4.0]]);
    assert_eq!(rows.part(0..2, true), GradientValues::Rows(vec![vec![2.0, 1.0], vec![4.0, 3.0]]));
}

#[test]
fn a_logo_is_the_same_bytes_every_time() {
    let text = svg(&picture(false).draw(&GradientOptions::default()).unwrap());
    let letters = text.split("<g class=\"logo\">").nth(1).unwrap().split("</g>").next().unwrap();
    insta::assert_snapshot!(letters.trim(), @r##"
    <use href="#A" transform="matrix(37.6 0 0 63.33333 75.2 60)" fill="#1a9641"/>
    <use href="#C" transform="matrix(37.6 0 0 -126.66667 115.2 250)" fill="#2a5fd0"/>
    <use href="#T" transform="matrix(37.6 0 0 -15.83333 155.2 139.17)" fill="#d72a2e"/>
    <use href="#A" transform="matrix(37.6 0 0 31.66667 155.2 91.67)" fill="#1a9641"/>
    "##);
}

#[test]
fn rows_are_a_heat_map_with_a_colour_bar() {
    let values = GradientValues::Rows(vec![vec![0.0, 1.0], vec![-1.0, f64::NAN]]);
    let text = svg(&GradientPicture { values, ..picture(false) }.draw(&GradientOptions::default()).unwrap());
    let layers: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("<g class=\"")?.split('"').next()).collect();
    insta::assert_snapshot!(layers.join(" "), @"titles heat-map missing frame rows color-bar color-bar-axis positions");
}

#[test]
fn gradients_of_nothing_but_nan_say_so() {
    let nan = f64::NAN;
    let warning = |values| {
        let scene = GradientPicture { values, ..picture(false) }.draw(&GradientOptions::default()).unwrap();
        assert_eq!(scene.warning.is_some(), scene.title.contains("(no finite values: "), "{}", scene.title);
        scene.warning
    };
    assert_eq!(warning(GradientValues::Rows(vec![vec![nan, 0.0], vec![nan, nan]])), None);
    assert_eq!(warning(GradientValues::Letters(vec![[nan, nan, nan, 1.0]])), None);
    for values in [GradientValues::Rows(vec![vec![nan, f64::INFINITY]]), GradientValues::Letters(vec![[nan; 4]])] {
        assert_eq!(warning(values).unwrap(), "the picture is empty: none of its values is a finite number");
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let values = GradientValues::Letters(Vec::new());
    let text = svg(&GradientPicture { values, ..picture(false) }.draw(&GradientOptions::default()).unwrap());
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
}
