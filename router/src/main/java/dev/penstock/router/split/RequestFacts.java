package dev.penstock.router.split;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a route may look at of a request. What a door gives out is the request's, and good only as long as that
/// is being routed.
@FunctionalInterface
public interface RequestFacts {
    /// Who asks, where the caller says it.
    String CALLER_HEADER = "x-penstock-caller";

    /// Where a request says its id that does not say it itself, by rank.
    List<String> ID_HEADERS = List.of("x-penstock-request-id", "x-request-id");

    /// Of a request that says nothing.
    RequestFacts NONE = _ -> null;

    /// @param name lower case
    /// @return what the first HTTP header or gRPC metadata of that name says, read as UTF-8, or null; all
    ///     cookies are one
    @Nullable
    CharSequence header(String name);

    /// @return what the parameter of the Open Inference Protocol says, as text, or null
    default @Nullable CharSequence parameter(String name) {
        return null;
    }

    /// @return what the request calls itself, or null; unless it says so elsewhere, in a header
    default @Nullable CharSequence requestId() {
        for (int i = 0; i < ID_HEADERS.size(); i++) {
            @Nullable CharSequence sent = header(ID_HEADERS.get(i));
            if (sent != null && !sent.isEmpty()) {
                return sent;
            }
        }
        return null;
    }
}
