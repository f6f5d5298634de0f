package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.VersionText;
import dev.penstock.router.split.Target;

/// Targets of arms as people write them: `fraud@7` for a version, `fraud@champion` for whatever an alias
/// points to, `fraud` for whoever answers requests that name no version. No alias begins with a digit. Pure.
public final class TargetText {
    private TargetText() {}

    /// @param field for messages
    /// @throws ServingException if it is none
    public static Target parse(String field, String text) {
        int at = text.lastIndexOf(AliasTarget.SEPARATOR);
        try {
            if (at < 0) {
                return Target.standard(text);
            }
            String model = text.substring(0, at);
            String behind = text.substring(at + 1);
            if (behind.isEmpty()) {
                throw ServingException.invalid("nothing behind '@'");
            }
            return Character.isDigit(behind.charAt(0))
                    ? Target.version(model, VersionText.parse(model, behind))
                    : Target.alias(model, behind);
        } catch (ServingException e) {
            throw ServingException.invalid(
                    "%s: '%s' is no target, %s (expected: such as fraud@7, fraud@champion or fraud)"
                            .formatted(field, text, e.reason()));
        }
    }

    public static String of(Target target) {
        if (target.version() > 0) {
            return target.model() + AliasTarget.SEPARATOR + target.version();
        }
        return target.alias().isEmpty() ? target.model() : target.model() + AliasTarget.SEPARATOR + target.alias();
    }
}
