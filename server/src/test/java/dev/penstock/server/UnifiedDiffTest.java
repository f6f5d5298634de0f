package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnifiedDiffTest {
    @Test
    void whatIsTheSameHasNone() {
        assertThat(UnifiedDiff.of("a\n", "a\n", "x", "y", false)).isEmpty();
    }

    @Test
    void changesAreShownWithWhatIsAroundThem() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n";
        String after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n";

        assertThat(UnifiedDiff.of(before, after, "now", "then", false)).isEqualTo("""
                --- now
                +++ then
                @@ -2,7 +2,7 @@
                 2
                 3
                 4
                -5
                +five
                 6
                 7
                 8
                @@ -14,3 +14,4 @@
                 14
                 15
                 16
                +17
                """);
    }

    @Test
    void changesThatAreNearAreOneHunkAndWhatIsNewIsAllOfIt() {
        assertThat(UnifiedDiff.of("a\nb\nc\nd\n", "A\nb\nc\nD\n", "x", "y", false))
                .contains("@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n-d\n+D\n");
        assertThat(UnifiedDiff.of("", "a\nb\n", "x", "y", true))
                .contains("@@ -0,0 +1,2 @@", "\u001b[32m+a\u001b[0m\n", "\u001b[1m--- x\u001b[0m\n");
        assertThat(UnifiedDiff.of("a\n", "", "x", "y", true)).contains("@@ -1,1 +0,0 @@", "\u001b[31m-a\u001b[0m\n");
    }
}
