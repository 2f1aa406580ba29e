//! Headers as programs of the field write them: they stay as they are, and nobody stumbles over what is added.

mod fixtures;
mod odd;
mod survive;
