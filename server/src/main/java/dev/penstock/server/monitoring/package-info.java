/// Watches what models see and say: takes snapshots of what is counted, learns what is usual, holds windows
/// against that, and says when somebody should know. What is decided, and how, is in `monitor.drift`.
@NullMarked
package dev.penstock.server.monitoring;

import org.jspecify.annotations.NullMarked;
