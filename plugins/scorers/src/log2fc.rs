//! Fold changes, for models that predict counts or intensities.

use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec, Args, PluginError, Properties, RcScorer, Result, Scale};

const PSEUDOCOUNT: ArgSpec =
    ArgSpec::new("pseudocount", ArgKind::Float, ArgDefault::Float(0.0), "added to both predictions; not negative");

/// `log2(alt + c) - log2(ref + c)` with pseudocount `c`, in double precision, rounded once. NaN where either sum is
/// negative, also where both are: their ratio would be positive, and its logarithm of the wrong sign.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer};
/// use kipos_plugin_scorers::Log2Fc;
/// let fold_change = Log2Fc::from_args(&Args::default())?;
/// assert_eq!(fold_change.terms(2.0, 8.0), [2.0]);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Log2Fc {
    pseudocount: f64,
}

impl RcScorer for Log2Fc {
    const NAME: &'static str = "log2fc";
    const DOC: &'static str =
        "log2(alt + pseudocount) - log2(ref + pseudocount), the fold change in doublings; NaN where a sum is negative";
    const ARGS: &'static [ArgSpec] = &[PSEUDOCOUNT];
    const PROPERTIES: Properties = Properties::SIGNED;
    const SCALES: &'static [Scale] = &[Scale::Counts];

    fn from_args(args: &Args) -> Result<Self> {
        match args.float(PSEUDOCOUNT.name).unwrap_or_default() {
            pseudocount if pseudocount >= 0.0 && pseudocount.is_finite() => Ok(Self { pseudocount }),
            other => Err(PluginError::invalid_argument(format!("`pseudocount` must not be negative, found {other}"))),
        }
    }

    fn terms(&self, reference: f32, alternate: f32) -> [f32; 1] {
        let log2 = |prediction: f32| (f64::from(prediction) + self.pseudocount).log2();
        [(log2(alternate) - log2(reference)) as f32]
    }
}
