//! Writes a picture that Bevy took as PNG.

use std::path::Path;

use bevy::image::Image;

use crate::config::{Error, Place, Result};

/// Writes `image` to `path`, whose name must end in `.png`; the folder is made when it is missing.
///
/// # Errors
/// Another ending, a place that cannot be written, pixels in a format that cannot be saved.
pub(super) fn png(image: &Image, path: &Path) -> Result<()> {
    check_name(path)?;
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    }
    let wrong = |what: String| {
        Error::invalid(
            Place::file(path),
            format!("the picture cannot be saved: {what}"),
            "Check the place and the disk, then try again.",
        )
    };
    // Alpha holds blending leftovers, not transparency.
    let pixels = image.clone().try_into_dynamic().map_err(|e| wrong(e.to_string()))?.to_rgb8();
    pixels.save(path).map_err(|e| wrong(e.to_string()))
}

/// Whether a picture can be written under this name.
///
/// # Errors
/// Any other ending than `.png`.
pub(super) fn check_name(path: &Path) -> Result<()> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        return Ok(());
    }
    Err(Error::invalid(Place::file(path), "pictures are written as PNG only", "Give a name that ends in .png."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bevy::asset::RenderAssetUsages;
    use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

    fn grey() -> Image {
        let size = Extent3d { width: 4, height: 2, depth_or_array_layers: 1 };
        let format = TextureFormat::Rgba8UnormSrgb;
        Image::new_fill(size, TextureDimension::D2, &[90, 90, 90, 0], format, RenderAssetUsages::default())
    }

    #[test]
    fn a_picture_lands_in_a_folder_that_did_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/day.png");
        png(&grey(), &path).unwrap();
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(bytes.get(1..4), Some(&b"PNG"[..]));
    }

    #[test]
    fn another_ending_and_a_bad_place_are_errors_with_the_path() {
        let error = png(&grey(), Path::new("day.jpg")).unwrap_err();
        assert!(error.to_string().starts_with("day.jpg: "), "{error}");
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(png(&grey(), &file.path().join("day.png")).is_err());
    }
}
