/// How much memory models take, and who must go so that another fits. It knows nothing of how models are
/// loaded.
@NullMarked
package dev.penstock.server.memory;

import org.jspecify.annotations.NullMarked;
