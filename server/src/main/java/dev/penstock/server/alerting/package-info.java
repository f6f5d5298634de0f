/// Tells others of what is wrong with models: which alert goes where, how often, and until it has arrived. Asks
/// that models be trained again.
@NullMarked
package dev.penstock.server.alerting;

import org.jspecify.annotations.NullMarked;
