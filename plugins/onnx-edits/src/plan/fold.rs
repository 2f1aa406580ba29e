//! Fewer steps for the same: scales become part of the weights before them, pools come before the functions that they pass.

use super::Plan;
use super::step::Kind;

/// Folds what can be folded, and leaves out what nothing reads.
pub fn fold(plan: &mut Plan) {
    fold_scales(plan);
    pool_first(plan);
    drop_unread(plan);
}

/// The step that reads a tensor, if nothing else does.
fn only_reader(plan: &Plan, tensor: usize) -> Option<usize> {
    if plan.is_output(tensor) {
        return None;
    }
    let mut readers = (0..plan.steps.len()).filter(|&at| plan.steps[at].inputs.contains(&tensor));
    readers.next().filter(|_| readers.next().is_none())
}

fn fold_scales(plan: &mut Plan) {
    let mut at = 0;
    while at < plan.steps.len() {
        let reader = only_reader(plan, plan.steps[at].output);
        let Some(next) = reader.filter(|_| folds(&plan.steps[at].kind)) else {
            at += 1;
            continue;
        };
        let more = match &plan.steps[next].kind {
            Kind::Affine(scalings) if !scalings.iter().any(super::weight::Scaling::is_by_position) => scalings.clone(),
            Kind::Affine(scalings) if matches!(plan.steps[at].kind, Kind::Affine(_)) => scalings.clone(),
            _ => {
                at += 1;
                continue;
            }
        };
        let output = plan.steps.remove(next).output;
        let step = &mut plan.steps[at];
        step.output = output;
        match &mut step.kind {
            Kind::Convolution { scalings, .. } | Kind::Dense { scalings, .. } | Kind::Affine(scalings) => {
                scalings.extend(more);
            }
            _ => {}
        }
    }
}

fn folds(kind: &Kind) -> bool {
    matches!(kind, Kind::Convolution { .. } | Kind::Dense { .. } | Kind::Affine(_))
}

/// The largest of what a function gives is what it gives of the largest, if it never falls; so there is less to compute.
fn pool_first(plan: &mut Plan) {
    for at in 0..plan.steps.len() {
        let Kind::Function(function) = plan.steps[at].kind else { continue };
        let Some(next) = only_reader(plan, plan.steps[at].output).filter(|_| function.never_falls()) else { continue };
        if !matches!(plan.steps[next].kind, Kind::Pool { divisors: None, .. }) {
            continue;
        }
        let between = plan.steps[at].output;
        plan.tensors[between] = plan.tensors[plan.steps[next].output];
        let pool = plan.steps[next].kind.clone();
        let node = std::mem::take(&mut plan.steps[next].node);
        plan.steps[next].node = std::mem::replace(&mut plan.steps[at].node, node);
        plan.steps[next].kind = std::mem::replace(&mut plan.steps[at].kind, pool);
    }
}

fn drop_unread(plan: &mut Plan) {
    let mut needed = plan.needed(plan.outputs.iter().map(|port| port.tensor)).into_iter();
    plan.steps.retain(|_| needed.next() == Some(true));
}

/// The tensors of which edits give new values, not differences: those of one position, and those that nothing reads which
/// needs differences.
pub fn new_values(plan: &Plan) -> Vec<bool> {
    let mut is_new: Vec<bool> = plan.tensors.iter().map(|extent| extent.length == 1).collect();
    let readers = plan.readers();
    for step in &plan.steps {
        let wants_differences = |&reader: &usize| plan.steps[reader].kind.is_linear();
        let takes_largest = |&reader: &usize| matches!(plan.steps[reader].kind, Kind::Pool { .. } | Kind::Reduce(_));
        let own = &readers[step.output];
        if !step.kind.is_linear()
            && !matches!(step.kind, Kind::Pool { .. })
            && !own.iter().any(wants_differences)
            && !own.iter().any(takes_largest)
        {
            is_new[step.output] = true;
        }
    }
    is_new
}
