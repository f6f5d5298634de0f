package dev.penstock.server.source.fetch;

import java.io.IOException;
import java.io.InputStream;

/// Something far away that can be read from any byte on.
interface Remote {
    /// What tells it from others, for the name of a part that a later try resumes.
    String identity();

    /// @param from the first byte wanted
    /// @param validator of what the bytes before it belong to; whoever has another version now answers from 0
    /// @throws IOException if it may work a moment later
    /// @throws dev.penstock.server.source.FetchException if it will not
    Answer open(long from, String validator) throws IOException;

    /// @param from the first byte there is: as asked for, or 0
    /// @param total bytes of the whole, or -1
    /// @param validator changes when the content does, or "" if there is none
    /// @param delimited whether its end can be told from a broken connection
    record Answer(InputStream body, long from, long total, String validator, boolean delimited) {}
}
