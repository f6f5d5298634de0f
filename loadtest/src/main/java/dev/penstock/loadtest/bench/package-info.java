/// `penstock bench`: starts the server, its peers and programs that run models without a server, loads them in turn,
/// and holds what it measured against the numbers that are to be reached.
///
/// [Bench] owns the processes; a [Scenario] measures one thing and adds [Row]s and [Cell]s to the [Report].
@NullMarked
package dev.penstock.loadtest.bench;

import org.jspecify.annotations.NullMarked;
