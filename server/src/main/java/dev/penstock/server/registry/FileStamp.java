package dev.penstock.server.registry;

import java.nio.file.attribute.FileTime;

/// Enough of a file to see that it was replaced.
///
/// @param name relative to the version's folder
record FileStamp(String name, long byteSize, FileTime modified) {}
