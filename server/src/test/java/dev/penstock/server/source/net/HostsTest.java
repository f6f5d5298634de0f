package dev.penstock.server.source.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    private static final Resolver LITERALS = host -> List.of(InetAddress.getAllByName(host));

    @Test
    void anEmptyListAllowsNoHost() {
        assertRefused(hosts("8.8.8.8"), "example.org", 443, "not allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "models.example.org, models.example.org, 443, true",
        "models.example.org, MODELS.example.ORG., 443, true",
        "models.example.org, example.org, 443, false",
        "models.example.org, evil-models.example.org, 443, false",
        "models.example.org, models.example.org.evil.net, 443, false",
        "models.example.org:8443, models.example.org, 8443, true",
        "models.example.org:8443, models.example.org, 443, false",
        "*.example.org, a.b.example.org, 443, true",
        "*.example.org, example.org, 443, false",
        "*.example.org, .example.org, 443, false",
        "*.example.org, evilexample.org, 443, false",
        "*.example.org:8443, a.example.org, 443, false",
    })
    void aHostIsAllowedByNameOrSuffix(String pattern, String host, int port, boolean allowed) {
        Hosts hosts = hosts("8.8.8.8", pattern);
        if (allowed) {
            assertThat(hosts.addresses(host, port)).hasSize(1);
        } else {
            assertRefused(hosts, host, port, "not allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.1",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "0.0.0.0",
                "0.1.2.3",
                "100.64.0.1",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2001::1",
                "fec0::1",
                "::127.0.0.1"
            })
    void behindAPatternNothingPrivateIsConnectedTo(String address) {
        assertRefused(hosts(address, "*.example.org"), "a.example.org", 443, "private");
        assertThat(hosts(address, "a.example.org").addresses("a.example.org", 443))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "100.128.0.1",
                "172.32.0.1",
                "192.1.2.3",
                "2a00:1450::1",
                "64:ff9b::808:808",
                "223.1.1.1"
            })
    void behindAPatternPublicAddressesAre(String address) {
        assertThat(hosts(address, "*.example.org").addresses("a.example.org", 443))
                .hasSize(1);
    }

    @Test
    void oneOfSeveralAddressesBeingPrivateIsEnoughToRefuse() {
        Resolver both = host ->
                Stream.of("8.8.8.8", "10.0.0.1").map(InetAddress::ofLiteral).toList();

        assertRefused(new Hosts(List.of("*.example.org"), both), "a.example.org", 443, "10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]:8080", "::1", "[::1]"})
    void addressesCanBeListedThemselves(String listed) {
        assertThat(new Hosts(List.of(listed), LITERALS).addresses("[::1]", 8080))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "0x7f000001", "127.1", "0177.0.0.1"})
    void otherWaysToWriteAnAddressAreOtherNames(String host) {
        assertRefused(new Hosts(List.of("127.0.0.1", "*.example.org"), LITERALS), host, 80, "not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.org", "a.org/x", "*", "a b", "", "a.org:99999", "*.*.org", "a*.org"})
    void whatIsNoHostIsRefusedAtTheStart(String pattern) {
        assertThatThrownBy(() -> hosts("8.8.8.8", pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHostWithoutAnAddressIsUnreachable() {
        Resolver none = host -> {
            throw new UnknownHostException(host);
        };

        assertThatThrownBy(() -> new Hosts(List.of("a.org"), none).addresses("a.org", 80))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
    }

    private static Hosts hosts(String address, String... allowed) {
        return new Hosts(List.of(allowed), host -> List.of(InetAddress.ofLiteral(address)));
    }

    private static void assertRefused(Hosts hosts, String host, int port, String why) {
        assertThatThrownBy(() -> hosts.addresses(host, port))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .hasMessageContaining(why);
    }
}
