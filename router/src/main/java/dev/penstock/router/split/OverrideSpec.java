package dev.penstock.router.split;

import java.util.List;

/// Requests that get an arm whatever their unit.
///
/// @param when all of it must hold; not empty
/// @param arm the name of the default arm or of a candidate
public record OverrideSpec(List<Condition> when, String arm) {
    public OverrideSpec {
        when = List.copyOf(when);
        Spec.check(!when.isEmpty(), "when", "", "at least one condition");
        Spec.armName("arm", arm);
    }
}
