// The functions of a dataflow region. For synthesis plain calls; in C simulation they run at the same time,
// because the streams between them form cycles: as cooperative tasks with the streams of csim/ (which stop a
// deadlock), as threads with the vendor's (compile with HLS_STREAM_THREAD_SAFE).
#ifndef DATAFLOW_TASKS_H
#define DATAFLOW_TASKS_H

#ifdef __SYNTHESIS__
#define DATAFLOW_BEGIN
#define DATAFLOW_TASK(function, arguments) function arguments
#define DATAFLOW_END
#elif defined(STATELANE_CSIM_STREAM)
#define DATAFLOW_BEGIN csim::Tasks dataflow_tasks;
#define DATAFLOW_TASK(function, arguments) dataflow_tasks.start(#function, [&] { function arguments; })
#define DATAFLOW_END dataflow_tasks.join();
#else
#include <thread>
#include <vector>
#define DATAFLOW_BEGIN std::vector<std::thread> dataflow_tasks;
#define DATAFLOW_TASK(function, arguments) dataflow_tasks.emplace_back([&] { function arguments; })
#define DATAFLOW_END \
  for (std::thread & task : dataflow_tasks) task.join();
#endif

#endif
