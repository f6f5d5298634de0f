package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// What a server said, frame by frame.
interface H2Sink {
    /// Part of a DATA frame, from where `in` stands.
    void data(int stream, ByteBuffer in, int bytes) throws ProtocolException;

    /// @param frameBytes what flow control counts
    void dataEnd(int stream, int frameBytes, boolean endStream) throws ProtocolException;

    /// A whole header block.
    void headers(int stream, ByteBuffer block, int from, int to, boolean endStream) throws ProtocolException;

    void settings(ByteBuffer in, int from, int to) throws ProtocolException;

    void ping(long content) throws ProtocolException;

    void reset(int stream, long error) throws ProtocolException;

    /// @param lastStream the last that the server looks at
    void goAway(int lastStream) throws ProtocolException;

    /// @param stream 0 for the connection
    void windowUpdate(int stream, int increment) throws ProtocolException;
}
