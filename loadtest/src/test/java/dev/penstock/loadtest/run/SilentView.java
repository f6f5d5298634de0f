package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;

/// Shows nothing.
class SilentView implements StageView {
    @Override
    public void began(String name, String load) {
        // Nobody looks.
    }

    @Override
    public void phase(String text) {
        // Nobody looks.
    }

    @Override
    public void window(LoadWindow window) {
        // Nobody looks.
    }

    @Override
    public void ended(StageResult stage) {
        // Nobody looks.
    }

    @Override
    public void say(String line) {
        // Nobody looks.
    }
}
