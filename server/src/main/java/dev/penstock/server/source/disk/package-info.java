/// Verified files on this machine's disk: one copy of each, found by its hash, encrypted if there is a key.
@NullMarked
package dev.penstock.server.source.disk;

import org.jspecify.annotations.NullMarked;
