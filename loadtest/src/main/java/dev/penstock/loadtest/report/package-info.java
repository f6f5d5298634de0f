/// Results for people: tables, plots, and how two results differ.
@NullMarked
package dev.penstock.loadtest.report;

import org.jspecify.annotations.NullMarked;
