package dev.triptych.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaAddressesTest {

    private List<String> found = List.of();

    @Test
    void aNameThatStandsForSeveralAddressesStandsForAsManyReplicas() {
        ReplicaAddresses addresses = of("http://text:8081", "http://text:9081");
        assertThat(addresses.mayChange()).isTrue();
        found = List.of("10.0.0.2", "10.0.0.1");
        assertThat(addresses.lookUp())
                .containsExactly(
                        address("http://10.0.0.1:8081", "http://10.0.0.1:9081"),
                        address("http://10.0.0.2:8081", "http://10.0.0.2:9081"));
    }

    @Test
    void aNameOfOneAddressStaysANameUntilItStoodForSeveral() {
        ReplicaAddresses addresses = of("http://text:8081", "http://text:9081");
        found = List.of("10.0.0.1");
        assertThat(addresses.lookUp()).containsExactly(address("http://text:8081", "http://text:9081"));
        found = List.of("10.0.0.1", "10.0.0.2");
        assertThat(addresses.lookUp()).hasSize(2);
        found = List.of("10.0.0.2");
        assertThat(addresses.lookUp()).containsExactly(address("http://10.0.0.2:8081", "http://10.0.0.2:9081"));
    }

    @Test
    void whileTheNameServerIsAwayAllStaysAsItWas() {
        ReplicaAddresses addresses = of("http://text:8081", "http://text:9081");
        assertThat(addresses.lookUp()).containsExactly(address("http://text:8081", "http://text:9081"));
        found = List.of("10.0.0.1", "10.0.0.2");
        List<ReplicaAddress> both = addresses.lookUp();
        found = List.of();
        assertThat(addresses.lookUp()).isEqualTo(both);
    }

    @Test
    void twoFamiliesOfAddressesAreTheSameProcesses() {
        ReplicaAddresses addresses = of("http://text:8081", "http://text:9081");
        found = List.of("::1", "127.0.0.1");
        assertThat(addresses.lookUp()).containsExactly(address("http://text:8081", "http://text:9081"));
        found = List.of("fd00::2", "fd00::1", "10.0.0.1");
        assertThat(addresses.lookUp())
                .extracting(each -> each.url().getHost())
                .containsExactly("[fd00:0:0:0:0:0:0:1]", "[fd00:0:0:0:0:0:0:2]");
    }

    @Test
    void aProbeElsewhereStaysThere() {
        found = List.of("10.0.0.1", "10.0.0.2");
        assertThat(of("http://text:8081", "http://probes:9081").lookUp())
                .extracting(ReplicaAddress::managementUrl)
                .containsOnly(URI.create("http://probes:9081"));
    }

    @Test
    void numbersAndCertificatesNamesAreTakenAsTheyAre() {
        for (String url : List.of("http://10.0.0.9:1", "http://[::1]:1", "https://text:8443")) {
            ReplicaAddresses addresses = of(url, url);
            found = List.of("10.0.0.1", "10.0.0.2");
            assertThat(addresses.mayChange()).as(url).isFalse();
            assertThat(addresses.lookUp()).containsExactly(address(url, url));
        }
    }

    private ReplicaAddresses of(String url, String managementUrl) {
        return new ReplicaAddresses(List.of(address(url, managementUrl)), this::addressesOf);
    }

    private InetAddress[] addressesOf(String host) throws UnknownHostException {
        if (found.isEmpty()) {
            throw new UnknownHostException(host);
        }
        InetAddress[] addresses = new InetAddress[found.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.ofLiteral(found.get(i));
        }
        return addresses;
    }

    private static ReplicaAddress address(String url, String managementUrl) {
        return new ReplicaAddress(URI.create(url), URI.create(managementUrl));
    }
}
