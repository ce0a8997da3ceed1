package dev.jvmm.machine;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.GuestText;
import dev.jvmm.machine.catalog.MachineType;
import dev.jvmm.machine.catalog.OptionText;
import dev.jvmm.machine.disk.BlockNodeConfig;
import dev.jvmm.machine.disk.Disk;
import dev.jvmm.machine.disk.DriveConfig;
import dev.jvmm.machine.net.NetdevConfig;
import dev.jvmm.machine.net.Tap;
import dev.jvmm.machine.smbios.SmbiosIdentity;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import dev.jvmm.vcpu.cpuid.SmpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says what a machine is to be, in the words of the command line: a method an option, its value as
 * the option's text or as a typed value. What is said last counts, except where an option adds
 * something.
 *
 * <p>A text is checked when it is given, how things fit together by {@link #config}; both answer
 * with a {@link ConfigException}. Nothing of the host is touched before {@link #build}.
 *
 * <p>Thread: confined.
 */
public final class MachineBuilder {

  /** Memory of the default guest: room for a distribution's kernel and something to try. */
  public static final long DEFAULT_GUEST_BYTES = 512L << 20;

  private static final String UNNAMED = "jvmm";

  private final Connections connections = new Connections();
  private final Storage storage = new Storage();
  private final Network network = new Network();
  private final List<FwCfgItem> fwCfg = new ArrayList<>();
  private String name = UNNAMED;
  private BoardConfig board;
  private long memoryBytes; // 0: not said
  private @Nullable Spelling memorySpelling;
  private boolean preallocated;
  private CpuConfig cpu = CpuConfig.HOST;
  private CpuTopology topology = CpuTopology.of(1);
  private @Nullable Path kernel;
  private @Nullable String initrd;
  private String commandLine = "";
  private RtcConfig rtc = RtcConfig.DEFAULT;
  private SmbiosIdentity smbios = SmbiosIdentity.DEFAULT;
  private final Map<String, CustomDevice> custom = new LinkedHashMap<>();
  private @Nullable EventLoop loop;
  private Consumer<String> notices = notice -> {};
  private boolean startPaused;
  private boolean noReboot;
  private boolean noShutdown;

  MachineBuilder(BoardConfig board) {
    this.board = board;
  }

  /** What messages and threads call the machine ({@code -name}). */
  public MachineBuilder name(String newName) {
    name = newName;
    return this;
  }

  /** {@code -machine}: {@code microvm,rtc=off}; without a type, more of what is there. */
  public MachineBuilder machine(String text) {
    board = MachineType.parse(text, board);
    return this;
  }

  /** {@code -machine}. */
  public MachineBuilder machine(BoardConfig newBoard) {
    board = newBoard;
    return this;
  }

  /** {@code -m}: {@code 512}, {@code 4G}, {@code size=1.5G}; a plain number counts MiB. */
  public MachineBuilder memory(String text) {
    memory(GuestText.memory(text));
    memorySpelling = new Spelling("m", text);
    return this;
  }

  /** {@code -m}, in bytes: a multiple of 4 KiB. */
  public MachineBuilder memory(long bytes) {
    memoryBytes = new MemoryConfig(bytes, preallocated).sizeBytes();
    memorySpelling = null;
    return this;
  }

  /** {@code -mem-prealloc}: every page is there before the guest runs. */
  public MachineBuilder preallocated(boolean whether) {
    preallocated = whether;
    return this;
  }

  /** {@code -smp} with a number alone. */
  public MachineBuilder cpus(int count) {
    return smp(CpuTopology.of(count));
  }

  /** {@code -smp}: {@code 4,sockets=2}. */
  public MachineBuilder smp(String text) {
    return smp(SmpRequest.parse(text).topology());
  }

  /** {@code -smp}. */
  public MachineBuilder smp(CpuTopology newTopology) {
    topology = newTopology;
    return this;
  }

  /** {@code -cpu}: {@code host,-avx}. */
  public MachineBuilder cpu(String text) {
    return cpu(CpuConfig.parse(text));
  }

  /** {@code -cpu}. */
  public MachineBuilder cpu(CpuConfig newCpu) {
    cpu = newCpu;
    return this;
  }

  /** {@code -kernel}. */
  public MachineBuilder kernel(String file) {
    return kernel(GuestText.path("kernel", file));
  }

  /** {@code -kernel}. */
  public MachineBuilder kernel(Path file) {
    kernel = file;
    return this;
  }

  /** {@code -initrd}: a file, or MultiBoot modules, {@code file args,file args}. */
  public MachineBuilder initrd(String text) {
    initrd = text;
    return this;
  }

  /** {@code -initrd}. */
  public MachineBuilder initrd(Path file) {
    return initrd(file.toString());
  }

  /** {@code -append}: the kernel's command line. */
  public MachineBuilder append(String newCommandLine) {
    commandLine = newCommandLine;
    return this;
  }

  /** {@code -fw_cfg}: {@code name=opt/x,string=text}; adds one. */
  public MachineBuilder fwCfg(String text) {
    return fwCfg(GuestText.fwCfg(text));
  }

  /** {@code -fw_cfg}; adds one. */
  public MachineBuilder fwCfg(FwCfgItem item) {
    fwCfg.add(item);
    return this;
  }

  /** {@code -smbios}: {@code type=1,product=X}; what it leaves out stays. */
  public MachineBuilder smbios(String text) {
    smbios = GuestText.smbios(text, smbios);
    return this;
  }

  /** {@code -smbios}. */
  public MachineBuilder smbios(SmbiosIdentity identity) {
    smbios = identity;
    return this;
  }

  /** {@code -uuid}. */
  public MachineBuilder uuid(String text) {
    return uuid(GuestText.uuid("uuid", text));
  }

  /** {@code -uuid}. */
  public MachineBuilder uuid(UUID uuid) {
    smbios = smbios.withUuid(uuid);
    return this;
  }

  /** {@code -rtc}: {@code base=utc,clock=vm}. */
  public MachineBuilder rtc(String text) {
    rtc = GuestText.rtc(text, rtc);
    return this;
  }

  /** {@code -rtc}. */
  public MachineBuilder rtc(RtcConfig newRtc) {
    rtc = newRtc;
    return this;
  }

  /** {@code -serial}: {@code stdio}, {@code pty}, {@code file:out}; adds the next COM port. */
  public MachineBuilder serial(String text) {
    connections.serial(text);
    return this;
  }

  /** {@code -serial}; adds the next COM port. */
  public MachineBuilder serial(ChardevConfig config) {
    connections.serial(config);
    return this;
  }

  /** {@code -chardev}: {@code file,id=log,path=out}; adds one, for a device to use. */
  public MachineBuilder chardev(String text) {
    connections.chardev(text);
    return this;
  }

  /** {@code -chardev}; adds one. */
  public MachineBuilder chardev(String id, ChardevConfig config) {
    connections.chardev(id, config);
    return this;
  }

  /** {@code -device}: {@code isa-debug-exit,iobase=0xf4}; adds one. */
  public MachineBuilder device(String text) {
    connections.device(DeviceCatalog.parse(text));
    return this;
  }

  /** {@code -device}; adds one. */
  public MachineBuilder device(String type, Map<String, String> properties) {
    connections.device(DeviceCatalog.checked(new DeviceConfig(type, properties)));
    return this;
  }

  /** {@code -global}: {@code isa-debugcon.iobase=0x402}, for devices that don't say otherwise. */
  public MachineBuilder global(String text) {
    connections.global(text);
    return this;
  }

  /** {@code -drive}: {@code file=disk.img,format=raw}; adds a disk. */
  public MachineBuilder drive(String text) {
    storage.drive(text);
    return this;
  }

  /** {@code -drive}; adds a disk. */
  public MachineBuilder drive(DriveConfig drive) {
    storage.drive(drive);
    return this;
  }

  /** {@code -hda} and its like: a disk, its format guessed. */
  public MachineBuilder hardDisk(String option, int index, String file) {
    storage.drive(option, index, file);
    return this;
  }

  /** {@code -blockdev}: {@code file,node-name=d,filename=disk.img}, or JSON; adds a node. */
  public MachineBuilder blockdev(String text) {
    storage.blockdev(text);
    return this;
  }

  /** {@code -blockdev}; adds a node. */
  public MachineBuilder blockdev(BlockNodeConfig node) {
    storage.blockdev(node);
    return this;
  }

  /** {@code -object}: {@code iothread,id=t0}, or JSON; adds one. */
  public MachineBuilder object(String text) {
    storage.object(text);
    return this;
  }

  /** {@code -object}; adds one. */
  public MachineBuilder object(ObjectConfig object) {
    storage.object(object);
    return this;
  }

  /** {@code -netdev}: {@code tap,id=n0,ifname=tap0}; adds one, with a device if it has no id. */
  public MachineBuilder netdev(String text) {
    network.netdev(text);
    return this;
  }

  /** {@code -netdev}; adds one. */
  public MachineBuilder netdev(NetdevConfig netdev) {
    network.netdev(netdev);
    return this;
  }

  /** {@code -nic}: {@code tap,mac=52:54:00:12:34:56}; adds a network with a device. */
  public MachineBuilder nic(String text) {
    network.nic(text);
    return this;
  }

  /** {@code -debugcon}: the port 0xE9, written to what {@code -serial} could name. */
  public MachineBuilder debugcon(String text) {
    connections.debugcon(text);
    return this;
  }

  /** {@code -nodefaults}: no serial port that was not asked for. */
  public MachineBuilder noDefaults() {
    connections.noDefaults();
    return this;
  }

  /**
   * The first serial port is the terminal of this process where nothing is said of serial ports, as
   * the command has it. Otherwise it is {@link VirtualMachine#console}.
   */
  public MachineBuilder onTerminal() {
    connections.onTerminal();
    return this;
  }

  /** Adds a virtio console, {@code hvc0} for Linux, that leads into this program. */
  public MachineBuilder console() {
    connections.programPort(true, "");
    return this;
  }

  /**
   * Adds a port of virtio-serial that leads into this program: {@link VirtualMachine#port}, and
   * {@code /dev/virtio-ports/NAME} for the guest.
   */
  public MachineBuilder port(String portName) {
    connections.programPort(false, portName);
    return this;
  }

  /** Adds a disk, with a device of its own unless it is {@link Disk#named}. */
  public MachineBuilder disk(Disk disk) {
    return drive(disk.drive());
  }

  /** Adds a network with a device of its own. */
  public MachineBuilder network(Tap tap) {
    return netdev(tap.netdev());
  }

  /**
   * Adds a device of the embedder's own.
   *
   * @param deviceName for messages, nobody else's of the machine
   * @throws ConfigException if there is one of that name; {@link #build} throws where it can't go
   */
  public MachineBuilder device(String deviceName, CustomDevice device) {
    if (custom.putIfAbsent(deviceName, device) != null) {
      throw new ConfigException("device", deviceName + ": it is there already; give another name");
    }
    return this;
  }

  /**
   * Has the machine's devices run on a loop that others may share, rather than on one of its own.
   * Whoever made the loop closes it, after the machine.
   */
  public MachineBuilder loop(EventLoop sharedLoop) {
    loop = sharedLoop;
    return this;
  }

  /** Who takes lines for the user: what the default guest is, where a pseudo-terminal is. */
  public MachineBuilder notices(Consumer<String> newNotices) {
    notices = newNotices;
    return this;
  }

  /** {@code -S}: the vCPUs wait for {@link VirtualMachine#resume}. */
  public MachineBuilder startPaused() {
    startPaused = true;
    return this;
  }

  /** {@code -no-reboot}: a guest's reset ends the machine. */
  public MachineBuilder noReboot() {
    noReboot = true;
    return this;
  }

  /** {@code -no-shutdown}: a guest's power-off leaves the machine standing. */
  public MachineBuilder noShutdown() {
    noShutdown = true;
    return this;
  }

  /** {@code -action}: {@code reboot=shutdown|reset,shutdown=poweroff|pause}. */
  public MachineBuilder action(String text) {
    OptionText parts = OptionText.parse("action", text, null);
    parts.only("reboot", "shutdown");
    String reboot = noReboot ? "shutdown" : "reset";
    String shutdown = noShutdown ? "pause" : "poweroff";
    noReboot = parts.word("reboot", reboot, List.of("reset", "shutdown")).equals("shutdown");
    noShutdown = parts.word("shutdown", shutdown, List.of("poweroff", "pause")).equals("pause");
    return this;
  }

  /**
   * What has been said, whole and consistent. Where no kernel was given it is the default guest,
   * with {@link #DEFAULT_GUEST_BYTES} unless memory was asked for.
   */
  public MachineConfig config() {
    Path file = kernel;
    if (file == null && initrd != null) {
      throw new ConfigException("initrd", initrd + ": there is no kernel for it; add -kernel FILE");
    }
    BootConfig boot =
        file == null
            ? new BootConfig.DefaultGuest(commandLine)
            : new BootConfig.Kernel(file, initrd, commandLine);
    long preset = file == null ? DEFAULT_GUEST_BYTES : MemoryConfig.DEFAULT.sizeBytes();
    ConnectionPlan plan = connections.plan(board, furtherDevices());
    return new MachineConfig(
        name,
        board,
        new MemoryConfig(memoryBytes == 0 ? preset : memoryBytes, preallocated),
        cpu,
        topology,
        boot,
        plan.chardevs(),
        plan.serials(),
        plan.devices(),
        storage.plan(plan.devices()),
        network.plan(plan.devices()),
        rtc,
        smbios.orElse(board.type().product(), board.type().text()),
        fwCfg,
        new VirtualMachine.Policy(startPaused, noReboot, noShutdown),
        new Spellings(memorySpelling, connections.spellings()));
  }

  /** The devices that no {@code -device} asked for; those of the storage come last. */
  private List<DeviceConfig> furtherDevices() {
    List<DeviceConfig> devices = new ArrayList<>(connections.programPorts(board));
    devices.addAll(network.devices(board));
    devices.addAll(storage.devices(board));
    return devices;
  }

  /**
   * Builds the machine. It has not started; whoever builds it closes it.
   *
   * @throws ConfigException if something can't be had as it was said, or the host refuses it
   */
  public VirtualMachine build() {
    return Machine.build(config(), new Surroundings(notices, loop, custom));
  }

  /**
   * Builds the machine and starts it; whoever does so closes it.
   *
   * @throws ConfigException if something can't be had as it was said, or the host refuses it;
   *     nothing is left of the machine then
   */
  public VirtualMachine start() {
    VirtualMachine machine = build();
    boolean started = false;
    try {
      machine.start();
      started = true;
      return machine;
    } finally {
      if (!started) {
        machine.close();
      }
    }
  }
}
