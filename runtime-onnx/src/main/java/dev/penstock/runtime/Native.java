package dev.penstock.runtime;

/// One native object and its place in the count.
///
/// Using a native object after it was closed takes the process down. Here it is an exception, and closing twice does
/// nothing. That is a guard against mistakes in one thread, not a lock: closing while another thread is inside native
/// code is for the owner to rule out.
final class Native<T extends AutoCloseable> implements AutoCloseable {
    private final NativeHandles handles;
    private final NativeHandles.Kind kind;
    private final T object;
    private volatile boolean closed;

    /// Takes over `object`, which was just opened.
    Native(NativeHandles handles, NativeHandles.Kind kind, T object) {
        this.handles = handles;
        this.kind = kind;
        this.object = object;
        handles.opened(kind);
    }

    /// @throws IllegalStateException if it is closed
    T get() {
        if (closed) {
            throw new IllegalStateException(kind + " is closed");
        }
        return object;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            object.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(kind + " cannot be closed", e);
        } finally {
            handles.closed(kind);
        }
    }
}
