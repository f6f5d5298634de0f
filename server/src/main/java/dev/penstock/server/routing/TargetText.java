package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.VersionText;
import dev.penstock.router.split.Target;
import dev.penstock.server.wire.HeaderText;

/// Targets of arms as people write them: `fraud@7` for a version, `fraud@champion` for whatever an alias
/// points to, `fraud` for whoever answers requests that name no version. No alias begins with a digit. Pure.
public final class TargetText {
    private TargetText() {}

    /// @param where it was written
    /// @throws ServingException if it is none
    public static Target parse(FieldPath where, String text) {
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
            String found = "'%s' is no target, %s".formatted(HeaderText.quote(text), e.reason());
            throw ServingException.of(Mistake.wrong(where, found, "such as fraud@7, fraud@champion or fraud"));
        }
    }

    public static String of(Target target) {
        if (target.version() > 0) {
            return target.model() + AliasTarget.SEPARATOR + target.version();
        }
        return target.alias().isEmpty() ? target.model() : target.model() + AliasTarget.SEPARATOR + target.alias();
    }
}
