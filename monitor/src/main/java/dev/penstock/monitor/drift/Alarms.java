package dev.penstock.monitor.drift;

/// One alarm of two paces: of what is judged at every look, and of what has enough values only after several,
/// such as vectors, of which one in eight is summed, and outputs that few ask for. Each needs two of three of
/// its own looks. Immutable.
///
/// @param often of what each look judges
/// @param seldom of what waits over several looks
public record Alarms(Alarm often, Alarm seldom) {
    /// Nothing was seen yet.
    public static final Alarms SILENT = new Alarms(Alarm.SILENT, Alarm.SILENT);

    public Alarms nextOften(DriftStatus status, boolean wellBelow) {
        return new Alarms(often.next(status, wellBelow), seldom);
    }

    public Alarms nextSeldom(DriftStatus status, boolean wellBelow) {
        return new Alarms(often, seldom.next(status, wellBelow));
    }

    /// When evidence that was gathered over many looks is enough, as [Alarm#atOnce] says.
    public Alarms atOnce(DriftStatus status) {
        return new Alarms(often.atOnce(status), seldom);
    }

    /// What is told, [DriftStatus#OK] if nothing is.
    public DriftStatus raised() {
        return often.raised().worse(seldom.raised());
    }

    /// What is to be told after some looks.
    ///
    /// @param before as it was before them
    public Alarm.Change since(Alarms before) {
        boolean was = before.raised().alarming();
        if (raised().alarming() && raised().compareTo(before.raised()) > 0) {
            return was ? Alarm.Change.WORSENED : Alarm.Change.RAISED;
        }
        return was && !raised().alarming() ? Alarm.Change.CLEARED : Alarm.Change.NONE;
    }
}
