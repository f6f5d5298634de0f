/// Receives the files of what is to be registered, whichever door they come through: the rules for them are
/// here, and only here.
@NullMarked
package dev.penstock.server.upload;

import org.jspecify.annotations.NullMarked;
