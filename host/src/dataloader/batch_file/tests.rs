use super::{store::BYTES_AHEAD, *};
use crate::{dataloader::BatchRange, genome::Strand};
use hdf5::types::{FixedAscii, VarLenUnicode};
use kipos_plugin_api::{DType, DataView};
use std::fs;

/// A file in a directory of its own.
struct Written {
    directory: tempfile::TempDir,
}

impl Written {
    fn new(write: impl FnOnce(&hdf5::File)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        write(&hdf5::File::create(directory.path().join("b.h5")).unwrap());
        Self { directory }
    }

    fn open(&self) -> Result<BatchFile, BatchError> {
        BatchFile::open(&self.directory.path().join("b.h5"))
    }

    fn refusal(&self) -> String {
        let root = self.directory.path().join("").display().to_string();
        self.open().unwrap_err().to_string().replace(&root, "")
    }
}

fn put<T: hdf5::H5Type>(group: &hdf5::Group, name: &str, values: &[T]) {
    group.new_dataset_builder().with_data(values).create(name).unwrap();
}

fn put_texts(group: &hdf5::Group, name: &str, texts: &[&str]) {
    let texts: Vec<VarLenUnicode> = texts.iter().map(|text| text.parse().unwrap()).collect();
    put(group, name, &texts);
}

fn put_ranges(file: &hdf5::File, name: &str, start: &[i64], end: &[i64]) -> hdf5::Group {
    let group = file.create_group(name).unwrap();
    put_texts(&group, "chr", &vec!["chr1"; start.len()]);
    put(&group, "start", start);
    put(&group, "end", end);
    group
}

/// What h5py wrote is what NumPy held.
#[test]
fn a_file_of_python_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/batches/batches.h5");
    let mut file = BatchFile::open(&path).unwrap();
    assert_eq!(file.len(), 3);
    let inputs: Vec<_> = file.inputs().iter().map(|i| (i.name.as_str(), i.dtype, i.shape.as_slice())).collect();
    assert_eq!(
        inputs,
        [
            ("dna", DType::String, [].as_slice()),
            ("exon", DType::Bool, &[]),
            ("gene", DType::String, &[]),
            ("seq", DType::F32, &[5, 4]),
            ("tracks/0", DType::F32, &[2]),
            ("tracks/1", DType::I32, &[]),
        ]
    );
    // Not in order, so that what was read ahead is of no use.
    for sample in [2usize, 0, 1] {
        let mut read = |input| file.read(input, sample).unwrap();
        let text = |input| Tensor::new(vec![1], [input].into_iter().collect::<kipos_plugin_api::Strings>()).unwrap();
        assert_eq!(read(0), text(["ACGTA", "CGTAC", "G"][sample]));
        assert_eq!(read(1), Tensor::new(vec![1], vec![sample == 1]).unwrap());
        assert_eq!(read(2), text(["α", "", "gene2"][sample]));
        let mut one_hot = vec![0f32; 20];
        (0..5).for_each(|position| one_hot[position * 4 + (sample + position) % 4] = 1.0);
        assert_eq!(read(3), Tensor::new(vec![1, 5, 4], one_hot).unwrap());
        let track = sample as f32;
        assert_eq!(read(4), Tensor::new(vec![1, 2], vec![track + 0.5, track + 0.25]).unwrap());
        assert_eq!(read(5), Tensor::new(vec![1], vec![sample as i32 * -100]).unwrap());
    }
    let range = |contig: &str, start, sign, id: Option<&str>| {
        let end = start + 5;
        let strand = if sign == '-' { Strand::Reverse } else { Strand::Forward };
        BatchRange { contig: contig.into(), start, end, strand, sign, id: id.map(Into::into), contig_length: None }
    };
    let [ranges, back] = file.range_objects() else { panic!("{:?}", file.range_objects()) };
    assert_eq!((ranges.name.as_str(), back.name.as_str()), ("ranges", "ranges_rc"));
    assert_eq!(
        ranges.ranges,
        [range("chr2", 0, '+', Some("a")), range("chr1", 100, '-', None), range("chr2", 200, '*', Some("c")),]
    );
    assert_eq!(back.ranges[1], range("chrX", 100, '*', None));
}

#[test]
fn a_single_input_has_no_name_and_every_row_is_found() {
    let width = BYTES_AHEAD / 4 / 8;
    let written = Written::new(|file| {
        let rows: Vec<f64> = (0..20).flat_map(|row| vec![f64::from(row); width]).collect();
        let rows = ndarray::Array2::from_shape_vec((20, width), rows).unwrap();
        file.new_dataset_builder().deflate(1).chunk((20, width)).with_data(&rows).create("inputs").unwrap();
    });
    let mut file = written.open().unwrap();
    let input = BatchInput { name: String::new(), dtype: DType::F64, shape: vec![width] };
    assert_eq!((file.inputs(), file.range_objects(), file.len()), ([input].as_slice(), [].as_slice(), 20));
    assert_eq!(file.stores[0].rows_ahead, 4);
    for sample in (0..20).chain([19, 3, 4, 0]) {
        let tensor = file.read(0, sample).unwrap();
        assert_eq!(tensor.shape(), [1, width]);
        let DataView::F64(values) = tensor.view().data() else { panic!("{tensor:?}") };
        assert!(values.iter().all(|&value| value == sample as f64));
    }
    assert!(file.read(0, 20).unwrap_err().to_string().ends_with("b.h5: it has no sample 20 among 20"));
    assert!(file.read(1, 0).unwrap_err().to_string().ends_with("b.h5: it has no input 1 among 1"));
}

#[test]
fn lists_keep_their_order_and_other_types_are_widened() {
    let written = Written::new(|file| {
        let inputs = file.create_group("inputs").unwrap();
        put(&inputs, "10", &[1i8, -1]);
        put(&inputs, "9", &[1u16, u16::MAX]);
        put(&inputs, "0", &[1u32, u32::MAX]);
        put(&inputs, "1", &[1u64, u64::MAX]);
        put(&inputs, "2", &[FixedAscii::<3000>::from_ascii("ACGT").unwrap(); 2]);
    });
    let mut file = written.open().unwrap();
    let names: Vec<_> = file.inputs().iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["0", "1", "2", "9", "10"]);
    let mut second = |input| file.read(input, 1).unwrap();
    assert_eq!(second(0), Tensor::new(vec![1], vec![i64::from(u32::MAX)]).unwrap());
    assert_eq!(second(3), Tensor::new(vec![1], vec![65535i32]).unwrap());
    assert_eq!(second(4), Tensor::new(vec![1], vec![-1i32]).unwrap());
    let DataView::Strings(_) = second(2).view().data() else { panic!("no text") };
    let error = file.read(1, 1).unwrap_err().to_string();
    assert!(
        error.ends_with("`/inputs/1` is 18446744073709551615 in one element, expected at most 9223372036854775807")
    );
}

#[test]
fn a_file_without_samples_is_fine() {
    let written = Written::new(|file| {
        put::<f32>(file, "inputs", &[]);
        put_ranges(file, "metadata/ranges", &[], &[]);
    });
    let mut file = written.open().unwrap();
    assert!(file.len() == 0 && file.range_objects()[0].ranges.is_empty());
    assert!(file.read(0, 0).unwrap_err().to_string().ends_with("b.h5: it has no sample 0 among 0"));
}

#[test]
fn ranges_may_lie_in_groups_and_have_numbers_for_names() {
    let written = Written::new(|file| {
        put(file, "inputs", &[0f32; 2]);
        let group = put_ranges(file, "metadata/ranges/1", &[5, 5], &[5, 6]);
        put(&group, "id", &[7i32, 8]);
        put_ranges(file, "metadata/ranges/0", &[1, 2], &[3, 4]);
        put(file, "metadata/weight", &[0.5f32]);
    });
    let file = written.open().unwrap();
    let names: Vec<_> = file.range_objects().iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["ranges/0", "ranges/1"]);
    assert_eq!(file.range_objects()[1].ranges[1].id.as_deref(), Some("8"));
}

#[test]
fn faults_name_file_place_found_and_expected() {
    let refusal = |write: &dyn Fn(&hdf5::File)| Written::new(write).refusal();
    assert_eq!(
        refusal(&|_| ()),
        "b.h5: `/inputs` is missing, expected a dataset, or a group of datasets, as `kipoi preproc` writes it"
    );
    assert_eq!(
        refusal(&|file| drop(file.create_group("inputs").unwrap())),
        "b.h5: `/inputs` is an empty group, expected at least one dataset in it"
    );
    assert_eq!(
        refusal(&|file| {
            let inputs = file.create_group("inputs").unwrap();
            put(&inputs, "a", &[0f32; 3]);
            put(&inputs, "b", &[0f32; 2]);
        }),
        "b.h5: `/inputs/b` is of 2 rows, expected 3, as `/inputs/a` has"
    );
    assert_eq!(
        refusal(&|file| drop(file.new_dataset::<f32>().create("inputs").unwrap())),
        "b.h5: `/inputs` is a single value, expected an array whose first axis is that of the samples"
    );
    assert_eq!(
        refusal(&|file| put(file, "inputs", &[hdf5::types::VarLenArray::from_slice(&[1i32])])),
        "b.h5: `/inputs` is of type [int32] (var len), expected numbers, booleans or strings"
    );
    assert_eq!(
        refusal(&|file| put(file, "inputs", &[FixedAscii::<70000>::new()])),
        "b.h5: `/inputs` is strings of 70000 bytes each, expected at most 65536; store longer ones with variable length"
    );
    let in_ranges = |change: &dyn Fn(&hdf5::Group)| {
        refusal(&|file| {
            put(file, "inputs", &[0f32; 2]);
            change(&put_ranges(file, "metadata/ranges", &[5, 5], &[9, 9]));
        })
    };
    assert_eq!(
        in_ranges(&|group| group.unlink("end").unwrap()),
        "b.h5: `/metadata/ranges` is without `end`, expected the datasets chr, start and end (and perhaps strand and id)"
    );
    let replaced = |name: &'static str, put: &dyn Fn(&hdf5::Group)| {
        in_ranges(&|group| {
            group.unlink(name).unwrap();
            put(group);
        })
    };
    assert_eq!(
        replaced("end", &|group| put(group, "end", &[9i64])),
        "b.h5: `/metadata/ranges/end` is of shape [1], expected [2], one value per sample"
    );
    assert_eq!(
        replaced("end", &|group| put(group, "end", &[9i64, 4])),
        "b.h5: `/metadata/ranges` ends range 1 at 4, before its start 5; swap them"
    );
    assert_eq!(
        replaced("start", &|group| put(group, "start", &[1f32, 2.0])),
        "b.h5: `/metadata/ranges/start` is of type float32, expected integers"
    );
    assert_eq!(
        replaced("chr", &|group| put(group, "chr", &[1f32, 2.0])),
        "b.h5: `/metadata/ranges/chr` is of type float32, expected strings"
    );
}

#[test]
fn files_that_are_none_are_explained() {
    let missing = BatchFile::open(Path::new("/nonexistent/b.h5")).unwrap_err();
    assert_eq!(missing.to_string(), "cannot read /nonexistent/b.h5: No such file or directory (os error 2)");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("b.h5");
    fs::write(&path, "chr1\t5\t9\n").unwrap();
    let message = BatchFile::open(&path).unwrap_err().to_string();
    assert!(message.ends_with("b.h5: it is not an HDF5 file, or it is incomplete"), "{message}");
}

#[test]
fn a_group_that_holds_itself_comes_to_an_end() {
    let written = Written::new(|file| {
        file.create_group("inputs/again").unwrap();
        file.link_hard("inputs", "inputs/again/inputs").unwrap();
    });
    assert!(written.refusal().ends_with("is nested in too many groups, expected at most 32 levels"));
}

/// In a file, a boolean is a byte, which may have any value.
#[test]
fn a_boolean_that_is_neither_is_true() {
    let pattern: Vec<bool> = (0..24).map(|bit| 0b1011_0011_1000_1111_0000_1011 >> bit & 1 == 1).collect();
    let written = Written::new(|file| put(file, "inputs", &pattern));
    let path = written.directory.path().join("b.h5");
    let mut bytes = fs::read(&path).unwrap();
    let stored: Vec<u8> = pattern.iter().map(|&bit| bit.into()).collect();
    let place = bytes.windows(stored.len()).position(|window| window == stored).unwrap();
    bytes[place] = 2;
    fs::write(&path, bytes).unwrap();
    let mut file = written.open().unwrap();
    for (sample, &bit) in pattern.iter().enumerate() {
        assert_eq!(file.read(0, sample).unwrap(), Tensor::new(vec![1], vec![bit]).unwrap(), "{sample}");
    }
}

#[test]
fn targets_and_other_metadata_are_read_on_request() {
    let written = Written::new(|file| {
        put(file, "inputs", &[1f32, 2.0]);
        put_ranges(file, "metadata/ranges", &[5, 6], &[9, 9]);
        let ranges = file.group("metadata/ranges").unwrap();
        put(&ranges, "score", &[7i16, 8]);
        put_texts(&file.group("metadata").unwrap(), "gene", &["a", "b"]);
        file.create_group("metadata/more").unwrap();
        // Columns of ranges only where there are ranges.
        put_texts(&file.group("metadata/more").unwrap(), "id", &["x", "y"]);
        let targets = file.create_group("targets").unwrap();
        put(&targets, "10", &[0u8, 1]);
        put(&targets, "9", &[0.5f64, 1.5]);
    });
    let mut file = written.open().unwrap();
    assert!(file.read_other(0, 0).unwrap_err().to_string().ends_with("b.h5: it has no array 0 among 0"));
    let others = file.open_others(&[BatchPart::Metadata, BatchPart::Targets]).unwrap();
    let names: Vec<_> = others.iter().map(|other| (other.part, other.name.as_str(), other.dtype)).collect();
    let (metadata, targets) = (BatchPart::Metadata, BatchPart::Targets);
    assert_eq!(
        names,
        [
            (metadata, "gene", DType::String),
            (metadata, "more/id", DType::String),
            (metadata, "ranges/score", DType::I32),
            (targets, "9", DType::F64),
            (targets, "10", DType::U8),
        ]
    );
    assert_eq!(file.read_other(2, 1).unwrap(), Tensor::new(vec![1], vec![8i32]).unwrap());
    assert_eq!(file.read_other(3, 1).unwrap(), Tensor::new(vec![1], vec![1.5f64]).unwrap());
    assert!(file.read_other(3, 2).unwrap_err().to_string().ends_with("b.h5: it has no sample 2 among 2"));
    assert_eq!(file.open_others(&[]).unwrap(), []);
}

#[test]
fn the_metadata_may_be_the_ranges_and_the_targets_one_array() {
    let written = Written::new(|file| {
        put(file, "inputs", &[1f32, 2.0]);
        put(file, "targets", &[3f32, 4.0]);
        put_ranges(file, "metadata", &[5, 6], &[9, 9]);
    });
    let mut file = written.open().unwrap();
    assert_eq!(file.range_objects()[0].name, "");
    let others = file.open_others(&[BatchPart::Metadata, BatchPart::Targets]).unwrap();
    let (part, name) = (BatchPart::Targets, String::new());
    let expected = BatchArray { part, name, dtype: DType::F32, shape: vec![], special_type: None };
    assert_eq!(others, [expected]);
    let written = Written::new(|file| {
        put(file, "inputs", &[1f32, 2.0]);
        put(file, "targets", &[3f32]);
    });
    let mut file = written.open().unwrap();
    let error = file.open_others(&[BatchPart::Targets]).unwrap_err().to_string();
    assert!(error.ends_with("b.h5: `/targets` is of 1 rows, expected 2, as `/inputs` has"), "{error}");
}

/// Opens the file and reads everything in it, which may fail but must end.
fn read_all(path: &Path) -> Result<usize, BatchError> {
    let mut file = BatchFile::open(path)?;
    let others = file.open_others(&[BatchPart::Targets, BatchPart::Metadata])?.len();
    for sample in 0..file.len().min(4) {
        (0..file.inputs().len()).try_for_each(|input| file.read(input, sample).map(drop))?;
        (0..others).try_for_each(|array| file.read_other(array, sample).map(drop))?;
    }
    Ok(file.len())
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        signed in proptest::bool::ANY,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("b.h5");
        let signature: &[u8] = if signed { b"\x89HDF\r\n\x1a\n" } else { b"" };
        fs::write(&path, [signature, &bytes].concat()).unwrap();
        let answer = read_all(&path);
        proptest::prop_assert!(matches!(answer, Err(BatchError::Read { .. })), "{answer:?}");
    }

    /// Damage within a complete file is the HDF5 library's to find, which does not find all of it.
    #[test]
    fn a_file_that_is_cut_off_is_refused(end in proptest::prelude::any::<proptest::sample::Index>()) {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/batches/batches.h5");
        let mut bytes = fs::read(fixture).unwrap();
        bytes.truncate(end.index(bytes.len()));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("b.h5");
        fs::write(&path, bytes).unwrap();
        let answer = read_all(&path);
        proptest::prop_assert!(matches!(answer, Err(BatchError::Read { .. })), "{answer:?}");
    }
}

/// Whatever leads out of the file is an error that names it.
#[test]
fn nothing_is_read_of_other_files() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other.h5");
    put(&hdf5::File::create(&other).unwrap(), "x", &[1f32, 2.]);
    let bytes = directory.path().join("secret");
    fs::write(&bytes, [7u8; 16]).unwrap();
    let (other, bytes) = (other.to_str().unwrap(), bytes.to_str().unwrap());
    let refused = |write: &dyn Fn(&hdf5::File, &hdf5::Group)| {
        let written = Written::new(|file| write(file, &file.create_group("inputs").unwrap()));
        written.refusal()
    };
    let advice = "; kipos reads nothing but the file that was named: copy the elements into it";
    let link = format!("b.h5: `/inputs/seq` is a link to another file{advice}");
    assert_eq!(refused(&|_, inputs| inputs.link_external(other, "/x", "seq").unwrap()), link);
    // A link within the file may lead to one that leads out.
    let indirect = refused(&|file, inputs| {
        file.link_external(other, "/x", "out").unwrap();
        inputs.link_soft("/out", "seq").unwrap();
    });
    assert_eq!(indirect, link);
    let groups = refused(&|file, _| {
        file.link_external(other, "/", "metadata").unwrap();
        put(&file.group("inputs").unwrap(), "seq", &[1f32]);
    });
    assert_eq!(groups, link.replace("/inputs/seq", "/metadata"));
    let storage = refused(&|_, inputs| {
        let described = inputs.new_dataset::<f32>().with_dcpl(|described| described.external(bytes, 0, 8));
        described.shape([2]).create("seq").unwrap();
    });
    assert_eq!(storage, format!("b.h5: `/inputs/seq` keeps its elements in another file (external storage){advice}"));
    let made = refused(&|_, inputs| {
        let described =
            inputs.new_dataset::<f32>().with_dcpl(|described| described.virtual_map(other, "x", [2], .., [2], ..));
        described.shape([2]).create("seq").unwrap();
    });
    assert_eq!(made, format!("b.h5: `/inputs/seq` is a virtual dataset, which other datasets are behind{advice}"));
    // Links that stay in the file are as good as what they lead to.
    let within = Written::new(|file| {
        let inputs = file.create_group("inputs").unwrap();
        put(file, "own", &[1f32, 2.]);
        inputs.link_soft("/own", "seq").unwrap();
        file.link_external(other, "/x", "elsewhere").unwrap();
    });
    assert_eq!(within.open().unwrap().len(), 2);
}
