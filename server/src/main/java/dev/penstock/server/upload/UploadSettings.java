package dev.penstock.server.upload;

import dev.penstock.core.Check;
import dev.penstock.server.source.ModelFiles;

/// What uploads and downloads may take; the doors share one.
///
/// @param files keeps what is uploaded
/// @param maxBytes of one upload, all files together
/// @param setting that it comes from, for refusals; "" if it is fixed
/// @param places that uploads take, of all doors together
/// @param downloads the places of what is to be fetched from elsewhere, of all doors together
public record UploadSettings(ModelFiles files, long maxBytes, String setting, Places places, Places downloads) {
    public UploadSettings {
        Check.argument(maxBytes > 0, "maxBytes: %d (expected: > 0)", maxBytes);
    }

    public UploadSettings(ModelFiles files, long maxBytes, String setting) {
        this(files, maxBytes, setting, new Places(Places.MAX_UPLOADS), new Places(Places.MAX_DOWNLOADS));
    }
}
