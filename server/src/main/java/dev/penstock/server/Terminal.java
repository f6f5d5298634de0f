package dev.penstock.server;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/// A person who sees what is printed, and can be asked.
interface Terminal {
    /// Waits for an answer.
    ///
    /// @return "" if there is none
    String ask(String question);

    /// @return null unless both ends of the console are a person's
    static @Nullable Terminal of(@Nullable Console console) {
        if (console == null || !console.isTerminal()) {
            return null;
        }
        return question -> {
            String answer = console.readLine("%s", question);
            return answer == null ? "" : answer.strip();
        };
    }
}
