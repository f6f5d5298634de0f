package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.routing.RouteChange;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Has routes and rollouts be as somebody wants them: all of it, in one transaction, or nothing. Routes come
/// first; rollouts are judged by the routes as they would be. Thread-safe; blocks on the record.
final class Applying {
    private final Around around;
    private final Starter starter;
    private final Promotions promotions;

    Applying(Around around, Starter starter) {
        this.around = around;
        this.starter = starter;
        this.promotions = new Promotions(around.records());
    }

    /// What is found out before anything is written.
    record Draft(RouteDraft routes, List<RouteChange> changes, ApplyPlan plan) {
        boolean isRefused() {
            return !plan.refusals().isEmpty();
        }
    }

    /// What would become of it; nothing happens.
    Draft draft(ApplyOrder order) {
        RouteDraft routes = around.routes().draft();
        List<RouteChange> changes = routes.change(order.routes()).stream()
                .map(change -> order.undoPromotions() ? change : promotions.kept(change))
                .toList();
        List<ApplyPlan.Part> routed = changes.stream().map(Applying::part).toList();
        List<ApplyPlan.Part> rolled = new ArrayList<>();
        if (!order.rollouts().isEmpty()) {
            Map<String, String> running = around.records().read(RouteStore::running);
            Past past = Past.read(
                    around.records(),
                    order.rollouts().stream()
                            .map(rollout -> rollout.spec().route())
                            .toList());
            Known known = new Known(running, past, routes, new HashMap<>());
            order.rollouts().forEach(rollout -> rolled.add(part(rollout, known)));
        }
        return new Draft(routes, changes, new ApplyPlan(routed, rolled, false));
    }

    private static ApplyPlan.Part part(RouteChange change) {
        ObjectNode before = change.before() == null ? null : RouteChange.json(change.before());
        ObjectNode after = RouteChange.json(change.after());
        return new ApplyPlan.Part(change.after().name(), "", before, after, change.refused());
    }

    /// Among what a rollout would begin.
    ///
    /// @param begin what default arms stand for of routes whose rollouts would begin before it, and those
    ///     routes
    private record Known(Map<String, String> running, Past past, RouteDraft routes, Map<String, String> begin) {}

    private ApplyPlan.Part part(RolloutJson.Order rollout, Known known) {
        String route = rollout.spec().route();
        Past past = known.past();
        try {
            RolloutPlan plan = starter.plan(rollout, known.running().getOrDefault(route, ""), known.routes());
            ObjectNode after = RolloutJson.write(plan.view().spec());
            @Nullable ObjectNode before = past.before(route, after);
            return new ApplyPlan.Part(
                    route, "", before, after, after.equals(before) ? "" : refused(plan, known.begin()));
        } catch (ServingException e) {
            ObjectNode after = RolloutJson.write(rollout.spec());
            return new ApplyPlan.Part(route, "", past.before(route, after), after, e.reason());
        }
    }

    private static String refused(RolloutPlan plan, Map<String, String> begin) {
        RolloutView view = plan.view();
        return plan.refused().isEmpty()
                ? SharedAliases.refusing(view.spec().route(), view.standard(), begin)
                : plan.refused();
    }

    /// Does it, unless somebody has changed a route of it since.
    ///
    /// @param edits of the same draft
    /// @param begun is told each rollout that has begun
    ApplyPlan apply(Draft draft, List<RouteEdit> edits, String who, Consumer<Drive> begun) {
        try {
            return applied(draft.plan(), write(edits, who), begun);
        } catch (StoreException e) {
            if (e.reason() != StoreException.Reason.STALE) {
                throw e;
            }
            throw new ServingException(
                    ErrorCode.ALREADY_EXISTS,
                    e.getMessage() + "; nothing is applied: look at what is there now, and apply it again");
        }
    }

    /// What is to be written, once the versions of its rollouts are loaded, see [Starter#load].
    ///
    /// @param draft of the same order, of which nothing is refused
    List<RouteEdit> edits(ApplyOrder order, Draft draft, String who) {
        List<RolloutJson.Order> begun = begun(order, draft);
        begun.forEach(rollout -> starter.load(rollout, who, "", draft.routes()));
        List<RouteEdit> edits = new ArrayList<>();
        // What is so already is only looked at, before anything is written.
        draft.changes().stream().filter(RouteChange::isThere).forEach(change -> edits.add(change.edit()));
        draft.changes().stream().filter(change -> !change.isThere()).forEach(change -> edits.add(change.edit()));
        // That another one runs is found out when it is written.
        begun.forEach(rollout -> edits.add(starter.begin(rollout, "", draft.routes())));
        return edits;
    }

    private static List<RolloutJson.Order> begun(ApplyOrder order, Draft draft) {
        List<RolloutJson.Order> begun = new ArrayList<>();
        for (int i = 0; i < order.rollouts().size(); i++) {
            if (!draft.plan().rollouts().get(i).isThere()) {
                begun.add(order.rollouts().get(i));
            }
        }
        return begun;
    }

    private List<RouteEdit> write(List<RouteEdit> edits, String who) {
        boolean writes = edits.stream().anyMatch(edit -> !edit.isUnchanged());
        return writes ? around.records().changeAll(edits, who) : List.of();
    }

    private ApplyPlan applied(ApplyPlan plan, List<RouteEdit> written, Consumer<Drive> begun) {
        Map<String, String> ids = new HashMap<>();
        for (RouteEdit edit : written) {
            edit.rollout().ifPresent(rollout -> {
                ids.put(rollout.route(), rollout.id());
                begun.accept(starter.begun(rollout));
            });
        }
        List<ApplyPlan.Part> rolled = plan.rollouts().stream()
                .map(part -> part.begun(ids.getOrDefault(part.route(), "")))
                .toList();
        return new ApplyPlan(plan.routes(), rolled, true);
    }
}
