package dev.jvmm.block;

class RawImageOnThreadsWritethroughTest extends RawImageContract {

  @Override
  RawImageConfig config(String file) {
    return RawImageConfig.of(file).withCache(CacheMode.WRITETHROUGH).asProbed();
  }
}
