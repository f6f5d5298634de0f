package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;

/// Shows people what goes on. Called by the thread that runs the test; returns at once.
public interface StageView {
    /// A stage begins.
    ///
    /// @param load in words
    void began(String name, String load);

    /// What a stage does now, such as `warming up for 2s`.
    void phase(String text);

    /// A window has ended, measured or not.
    void window(LoadWindow window);

    void ended(StageResult stage);

    /// A line of its own.
    void say(String line);
}
