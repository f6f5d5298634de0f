/// The durable record: which models, versions and aliases there are, who changed what, and when. Knows no model
/// that is loaded and no transport.
@NullMarked
package dev.penstock.server.store;

import org.jspecify.annotations.NullMarked;
