package dev.penstock.router.split;

import java.util.List;
import java.util.Locale;

/// Where the unit of a request is found: who or what keeps its arm from request to request.
///
/// @param name of the header, claim, cookie or parameter; "" for [Kind#REQUEST_ID]
public record UnitSource(Kind kind, String name) {
    /// What routes take that do not say otherwise.
    public static final List<UnitSource> STANDARD = List.of(header("x-penstock-unit"));

    public UnitSource {
        if (kind == Kind.HEADER) {
            name = name.toLowerCase(Locale.ROOT);
        }
        if (kind == Kind.REQUEST_ID) {
            Spec.check(name.isEmpty(), "requestId", name, "no name");
        } else {
            Spec.check(
                    !name.isEmpty() && name.length() <= Condition.MAX_NAME && Spec.isPrintable(name),
                    kind == Kind.JWT_CLAIM ? "jwtClaim" : kind.name().toLowerCase(Locale.ROOT),
                    name,
                    "1 to " + Condition.MAX_NAME + " visible ASCII characters");
        }
    }

    public static UnitSource header(String name) {
        return new UnitSource(Kind.HEADER, name);
    }

    /// What may hold a unit.
    public enum Kind {
        /// An HTTP header or, the same, gRPC metadata.
        HEADER,
        /// A claim of the token in `authorization: Bearer`. Nobody checks its signature: it is good for
        /// assignment and for nothing else.
        JWT_CLAIM,
        COOKIE,
        /// A parameter of the Open Inference Protocol.
        PARAMETER,
        /// The caller's own id of the request: whoever sends one again gets the same arm.
        REQUEST_ID
    }
}
