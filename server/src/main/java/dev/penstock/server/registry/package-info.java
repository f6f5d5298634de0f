/// From a model repository on disk to leased versions that serve: reads the folders and their configuration, loads
/// and unloads on one thread, and publishes who answers. It knows no door and no runtime.
@NullMarked
package dev.penstock.server.registry;

import org.jspecify.annotations.NullMarked;
