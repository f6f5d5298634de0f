/// Every kind of place that files are fetched from.
@NullMarked
package dev.penstock.server.source.fetch;

import org.jspecify.annotations.NullMarked;
