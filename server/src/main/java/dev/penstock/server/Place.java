package dev.penstock.server;

/// Where something is in a file.
///
/// @param line and `column`: from 1 on
record Place(int line, int column) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        return line == other.line ? Integer.compare(column, other.column) : Integer.compare(line, other.line);
    }

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
