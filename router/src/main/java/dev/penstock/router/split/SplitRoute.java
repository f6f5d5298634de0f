package dev.penstock.router.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A [RouteSpec] that is ready to deal requests: which arm each gets, and why. Immutable; allocates nothing for
/// a request, unless its unit is in a token or a cookie, or a condition is a regular expression.
public final class SplitRoute {
    private final RouteSpec spec;
    private final List<ArmSpec> arms;
    private final List<Rule> match;
    private final List<Ruling> overrides;
    private final UnitHash hash;
    private final byte[] buckets;
    private final int[] weights;
    private final List<String> headers;
    private final boolean needsBody;

    private record Ruling(List<Rule> when, int arm) {}

    private SplitRoute(RouteSpec spec) {
        this.spec = spec;
        this.arms = spec.arms();
        this.match = Rule.all(spec.match());
        List<Ruling> found = new ArrayList<>();
        for (OverrideSpec override : spec.overrides()) {
            found.add(new Ruling(Rule.all(override.when()), indexOf(override.arm())));
        }
        this.overrides = List.copyOf(found);
        this.hash = new UnitHash(spec.salt());
        this.buckets = BucketTable.of(spec);
        this.weights = new int[arms.size()];
        weights[0] = spec.standardWeight();
        for (int i = 1; i < weights.length; i++) {
            weights[i] = spec.candidates().get(i - 1).weight();
        }
        Set<String> names = new TreeSet<>();
        this.needsBody = look(spec, names);
        this.headers = List.copyOf(names);
    }

    public static SplitRoute of(RouteSpec spec) {
        return new SplitRoute(spec);
    }

    /// @param headers gets what is looked at
    /// @return whether something is looked at that stands in the request's body
    private static boolean look(RouteSpec spec, Set<String> headers) {
        List<Condition> conditions = new ArrayList<>(spec.match());
        spec.overrides().forEach(override -> conditions.addAll(override.when()));
        boolean body = false;
        for (Condition condition : conditions) {
            switch (condition.kind()) {
                case HEADER -> headers.add(condition.name());
                case CALLER -> headers.add(RequestFacts.CALLER_HEADER);
                case PARAMETER -> body = true;
            }
        }
        for (UnitSource source : spec.unit()) {
            headers.addAll(UnitFinder.headersOf(source));
            body |= source.kind() == UnitSource.Kind.PARAMETER || source.kind() == UnitSource.Kind.REQUEST_ID;
        }
        return body;
    }

    public RouteSpec spec() {
        return spec;
    }

    public String name() {
        return spec.name();
    }

    /// By index, 0 being the default.
    public List<ArmSpec> arms() {
        return arms;
    }

    /// @return -1 if there is none of that name that may answer
    public int indexOf(String arm) {
        for (int i = 0; i < arms.size(); i++) {
            if (arms.get(i).name().equals(arm)) {
                return i;
            }
        }
        return -1;
    }

    /// In basis points of all units.
    public int weight(int arm) {
        return weights[arm];
    }

    /// How many buckets it has: as many as its weight says.
    public int buckets(int arm) {
        int count = 0;
        for (byte owner : buckets) {
            count += owner == arm ? 1 : 0;
        }
        return count;
    }

    /// Names of the headers that it looks at, lower case.
    public List<String> headers() {
        return headers;
    }

    /// Whether it looks at what stands in a request's body: parameters, or its id.
    public boolean needsBody() {
        return needsBody;
    }

    /// Deals a request, as if all arms were ready.
    ///
    /// @return its [Place]
    public long place(RequestFacts facts) {
        CharSequence unit = null;
        boolean own = true;
        List<UnitSource> sources = spec.unit();
        for (int i = 0; i < sources.size() && isNone(unit); i++) {
            unit = UnitFinder.find(sources.get(i), facts);
            own = sources.get(i).kind() == UnitSource.Kind.REQUEST_ID;
        }
        boolean none = isNone(unit);
        long place = none || unit == null ? UnitHash.random() : hash.place(unit);
        if (!Rule.allHold(match, facts)) {
            return Place.at(place, 0, Place.NO_MATCH);
        }
        for (int i = 0; i < overrides.size(); i++) {
            if (Rule.allHold(overrides.get(i).when(), facts)) {
                return Place.at(place, overrides.get(i).arm(), Place.OVERRIDE);
            }
        }
        return Place.at(place, buckets[Place.bucket(place)], none || own ? Place.RANDOM : Place.HASH);
    }

    private static boolean isNone(@Nullable CharSequence unit) {
        return unit == null || unit.isEmpty();
    }

    /// Where a unit goes that no condition is in the way of, wherever it is found; by chance, where none that
    /// would come again is looked for.
    public long place(CharSequence unit) {
        long place = spec.unit().isEmpty() ? UnitHash.random() : hash.place(unit);
        boolean lasts = spec.unit().stream().anyMatch(source -> source.kind() != UnitSource.Kind.REQUEST_ID);
        return Place.at(place, buckets[Place.bucket(place)], lasts ? Place.HASH : Place.RANDOM);
    }
}
