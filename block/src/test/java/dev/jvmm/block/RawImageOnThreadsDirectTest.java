package dev.jvmm.block;

class RawImageOnThreadsDirectTest extends RawImageContract {

  @Override
  RawImageConfig config(String file) {
    return RawImageConfig.of(file).withCache(CacheMode.NONE);
  }
}
