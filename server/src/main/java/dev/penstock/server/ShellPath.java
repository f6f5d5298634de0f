package dev.penstock.server;

import java.nio.file.Path;

/// A path as one would type it into a shell.
///
/// @param text neither quoted nor escaped
record ShellPath(String text) {
    /// Relative to the folder if it lies below it, else absolute.
    static ShellPath of(Path workingFolder, Path path) {
        Path from = workingFolder.toAbsolutePath().normalize();
        Path to = path.toAbsolutePath().normalize();
        return new ShellPath(to.startsWith(from) ? from.relativize(to).toString() : to.toString());
    }

    ShellPath resolve(String name) {
        return new ShellPath(text.isEmpty() ? name : text + "/" + name);
    }

    /// Quoted where the shell would otherwise take it apart.
    @Override
    public String toString() {
        return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
