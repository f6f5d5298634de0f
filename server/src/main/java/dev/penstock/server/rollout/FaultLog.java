package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Fault;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Tells the log what of a rollout cannot be judged: once, and again when it could be judged in between. Its
/// owner's lock is held.
final class FaultLog {
    private static final System.Logger LOG = System.getLogger(FaultLog.class.getName());

    private Set<String> known = Set.of();

    void tell(String rollout, List<Fault> now) {
        for (Fault fault : news(now)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "rollout {0}: {1} of {2} cannot be judged: {3}",
                    rollout,
                    fault.what(),
                    fault.arm(),
                    fault.why());
        }
    }

    /// Numbers in the reason may change each time; what is at fault does not.
    ///
    /// @return what nobody was told of
    List<Fault> news(List<Fault> now) {
        Set<String> next = new HashSet<>();
        List<Fault> news = now.stream()
                .filter(fault -> next.add(of(fault)) && !known.contains(of(fault)))
                .toList();
        known = next;
        return news;
    }

    private static String of(Fault fault) {
        return fault.what() + ' ' + fault.arm();
    }
}
