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
    /// @return what the HTTP header or gRPC metadata of that name says, or null
    @Nullable
    CharSequence header(String name);

    /// @return what the parameter of the Open Inference Protocol says, as text, or null
    default @Nullable CharSequence parameter(String name) {
        return null;
    }

    /// @return what the request calls itself, or null
    default @Nullable CharSequence requestId() {
        return null;
    }
}
