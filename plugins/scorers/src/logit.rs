//! Log odds of probabilities, and the effect size that DeepSEA makes of them.

use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec, Args, PluginError, Properties, RcScorer, Result, Scale};

/// Both are read as they are. What nothing is said of is taken for a probability.
const SCALES: &[Scale] = &[Scale::Probability, Scale::Logit];

const EPSILON: ArgSpec = ArgSpec::new(
    "epsilon",
    ArgKind::Float,
    ArgDefault::Absent,
    "keeps probabilities inside [epsilon, 1 - epsilon], so that log odds stay finite, while numbers outside of 0 to 1 \
     still give NaN; by default nothing is kept inside",
);

/// `ln(p / (1 - p))`: infinite for 0 and 1 unless an epsilon is given, NaN outside of them. Log odds that a model gives by
/// itself are taken over.
#[derive(Debug, Clone, Copy)]
struct LogOdds {
    epsilon: Option<f32>,
}

impl LogOdds {
    fn from_args(args: &Args) -> Result<Self> {
        let Some(given) = args.float(EPSILON.name) else {
            return Ok(Self { epsilon: None });
        };
        if !(given > 0.0 && given < 0.5) {
            return Err(PluginError::invalid_argument(format!("`epsilon` must be between 0 and 0.5, found {given}")));
        }
        let epsilon = given as f32;
        if 1.0 - epsilon == 1.0 {
            // 1 - epsilon would round to 1, whose log odds are infinite after all.
            return Err(PluginError::invalid_argument(format!(
                "`epsilon` of {given} is too small for 32-bit arithmetic, the smallest that counts is 3e-8"
            )));
        }
        Ok(Self { epsilon: Some(epsilon) })
    }

    fn of(self, probability: f32) -> f32 {
        if !(0.0..=1.0).contains(&probability) {
            // An epsilon would move any number to where log odds look like those of a probability.
            return f32::NAN;
        }
        let p = self.epsilon.map_or(probability, |epsilon| probability.clamp(epsilon, 1.0 - epsilon));
        (p / (1.0 - p)).ln()
    }

    /// The log odds of a prediction on this scale. Those that are given as such stay what they are, to the last bit, but
    /// for an epsilon.
    fn on(self, scale: Scale, prediction: f32) -> f32 {
        match (scale, self.epsilon) {
            // The log odds of epsilon and 1 - epsilon; NaN stays NaN.
            (Scale::Logit, Some(_)) => prediction.clamp(self.of(0.0), self.of(1.0)),
            (Scale::Logit, None) => prediction,
            _ => self.of(prediction),
        }
    }

    fn difference(self, scale: Scale, reference: f32, alternate: f32) -> f32 {
        self.on(scale, alternate) - self.on(scale, reference)
    }
}

/// The probability of log odds.
fn probability(logit: f32) -> f64 {
    1.0 / (1.0 + f64::from(-logit).exp())
}

/// The log odds of the reference allele's prediction: `ln(ref / (1 - ref))`, in nats.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer};
/// use kipos_plugin_scorers::LogitRef;
/// let logit_ref = LogitRef::from_args(&Args::default())?;
/// assert!((logit_ref.terms(0.2, 0.5)[0] + 4f32.ln()).abs() < 1e-6);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogitRef(LogOdds);

impl RcScorer for LogitRef {
    const NAME: &'static str = "logit_ref";
    const DOC: &'static str = "ln(ref / (1 - ref)), the log odds of the reference allele's prediction";
    const ARGS: &'static [ArgSpec] = &[EPSILON];
    const SCALES: &'static [Scale] = SCALES;
    const READS_ALTERNATE: bool = false;

    fn from_args(args: &Args) -> Result<Self> {
        LogOdds::from_args(args).map(Self)
    }

    fn terms(&self, reference: f32, _: f32) -> [f32; 1] {
        [self.0.of(reference)]
    }

    fn terms_on(&self, scale: Scale, reference: f32, _: f32) -> [f32; 1] {
        [self.0.on(scale, reference)]
    }
}

/// The log odds of the alternate allele's prediction: `ln(alt / (1 - alt))`, in nats.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer};
/// use kipos_plugin_scorers::LogitAlt;
/// let logit_alt = LogitAlt::from_args(&Args::default())?;
/// assert_eq!(logit_alt.terms(0.2, 0.5), [0.0]);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogitAlt(LogOdds);

impl RcScorer for LogitAlt {
    const NAME: &'static str = "logit_alt";
    const DOC: &'static str = "ln(alt / (1 - alt)), the log odds of the alternate allele's prediction";
    const ARGS: &'static [ArgSpec] = &[EPSILON];
    const SCALES: &'static [Scale] = SCALES;
    const READS_REFERENCE: bool = false;

    fn from_args(args: &Args) -> Result<Self> {
        LogOdds::from_args(args).map(Self)
    }

    fn terms(&self, _: f32, alternate: f32) -> [f32; 1] {
        [self.0.of(alternate)]
    }

    fn terms_on(&self, scale: Scale, _: f32, alternate: f32) -> [f32; 1] {
        [self.0.on(scale, alternate)]
    }
}

/// The logarithm of the odds ratio: `logit_alt - logit_ref`, in nats.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer};
/// use kipos_plugin_scorers::Logit;
/// let logit = Logit::from_args(&Args::default())?;
/// assert!((logit.terms(0.2, 0.5)[0] - 4f32.ln()).abs() < 1e-6);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Logit(LogOdds);

impl RcScorer for Logit {
    const NAME: &'static str = "logit";
    const DOC: &'static str = "logit(alt) - logit(ref), the log odds ratio of the predictions";
    const ARGS: &'static [ArgSpec] = &[EPSILON];
    const SCALES: &'static [Scale] = SCALES;
    const PROPERTIES: Properties = Properties::SIGNED;

    fn from_args(args: &Args) -> Result<Self> {
        LogOdds::from_args(args).map(Self)
    }

    fn terms(&self, reference: f32, alternate: f32) -> [f32; 1] {
        self.terms_on(Scale::Probability, reference, alternate)
    }

    fn terms_on(&self, scale: Scale, reference: f32, alternate: f32) -> [f32; 1] {
        [self.0.difference(scale, reference, alternate)]
    }
}

/// `|logit| * |diff|`, the effect size of DeepSEA (Zhou & Troyanskaya, Nature Methods 2015). The two signed factors
/// are merged over the strands before their sizes are multiplied.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer};
/// use kipos_plugin_scorers::DeepSeaEffect;
/// let effect = DeepSeaEffect::from_args(&Args::default())?;
/// let terms = effect.terms(0.5, 0.2);
/// assert!((effect.combine(terms) - 4f32.ln() * 0.3).abs() < 1e-6);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct DeepSeaEffect(LogOdds);

impl RcScorer<2> for DeepSeaEffect {
    const NAME: &'static str = "deepsea_effect";
    const DOC: &'static str = "|logit(alt) - logit(ref)| * |alt - ref|, the effect size of DeepSEA";
    const ARGS: &'static [ArgSpec] = &[EPSILON];
    const SCALES: &'static [Scale] = SCALES;
    const PROPERTIES: Properties = Properties::ZERO_IF_EQUAL;

    fn from_args(args: &Args) -> Result<Self> {
        LogOdds::from_args(args).map(Self)
    }

    fn terms(&self, reference: f32, alternate: f32) -> [f32; 2] {
        self.terms_on(Scale::Probability, reference, alternate)
    }

    fn terms_on(&self, scale: Scale, reference: f32, alternate: f32) -> [f32; 2] {
        let difference = match scale {
            Scale::Logit => (probability(alternate) - probability(reference)) as f32,
            _ => alternate - reference,
        };
        [self.0.difference(scale, reference, alternate), difference]
    }

    fn combine(&self, [logit, diff]: [f32; 2]) -> f32 {
        logit.abs() * diff.abs()
    }
}
