/* The handles in C++11: owned by unique_ptr, errors as exceptions, a lambda for the progress.
 * usage: score DATA.csv     writes model.keras and scores.csv to the current folder */
#include <propense/propense.h>

#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace
{

/* A status that is not PROPENSE_OK, with the sentence and the line of the file it speaks of. */
class error : public std::runtime_error
{
  public:
    explicit error(const propense_error &e)
        : std::runtime_error(e.message), code(e.code), row(e.row)
    {
    }
    propense_status code;
    int64_t row;
};

/* Passed as the last argument of a call; check() throws what the call left in it. */
class outcome
{
  public:
    operator propense_error *() { return &err; }
    void check(propense_status s) const
    {
        if (s != PROPENSE_OK) throw error(err);
    }

  private:
    propense_error err = PROPENSE_ERROR_INIT;
};

class options
{
  public:
    options()
    {
        outcome o;
        propense_options *p = nullptr;
        o.check(propense_options_new(&p, o));
        handle.reset(p);
    }
    options &set(const std::string &name, const std::string &value)
    {
        outcome o;
        o.check(propense_options_set(handle.get(), name.c_str(), value.c_str(), o));
        return *this;
    }
    const propense_options *get() const { return handle.get(); }

  private:
    struct deleter {
        void operator()(propense_options *p) const { propense_options_free(p); }
    };
    std::unique_ptr<propense_options, deleter> handle;
};

class model
{
  public:
    using watcher = std::function<bool(const propense_progress &)>; /* false stops */

    static model train(const std::string &path, const options &with, watcher watch)
    {
        outcome o;
        propense_model *p = nullptr;
        watching w = { std::move(watch), nullptr };
        propense_callbacks callbacks = PROPENSE_CALLBACKS_INIT;
        callbacks.user = &w;
        callbacks.progress = on_progress;
        propense_status s = propense_train(&p, path.c_str(), with.get(), &callbacks, o);
        if (w.thrown) std::rethrow_exception(w.thrown);
        o.check(s);
        return model(p);
    }
    static model load(const std::string &path)
    {
        outcome o;
        propense_model *p = nullptr;
        o.check(propense_model_load(&p, path.c_str(), o));
        return model(p);
    }
    void save(const std::string &path) const
    {
        outcome o;
        o.check(propense_model_save(handle.get(), path.c_str(), o));
    }
    int64_t score(const std::string &path, const std::string &out) const
    {
        outcome o;
        propense_score_summary summary = PROPENSE_SCORE_SUMMARY_INIT;
        o.check(
            propense_score(handle.get(), path.c_str(), out.c_str(), nullptr, nullptr, &summary, o));
        return summary.n_rows;
    }

  private:
    struct watching {
        watcher watch;
        std::exception_ptr thrown;
    };
    struct deleter {
        void operator()(propense_model *p) const { propense_model_free(p); }
    };

    explicit model(propense_model *p) : handle(p) {}

    /* No exception may pass through the C code below: it waits in `thrown`, and the run stops. */
    static int on_progress(void *user, const propense_progress *p)
    {
        watching *w = static_cast<watching *>(user);
        try {
            return w->watch(*p) ? 0 : 1;
        } catch (...) {
            w->thrown = std::current_exception();
            return 1;
        }
    }

    std::unique_ptr<propense_model, deleter> handle;
};

/* Errors are exceptions: a wrong option says what it takes, a callback's own comes through. */
bool errors_arrive(const std::string &data)
{
    try {
        options().set("epochs", "many");
        return false;
    } catch (const error &e) {
        std::cout << "as it should be: " << e.what() << "\n";
        if (e.code != PROPENSE_E_ARG) return false;
    }
    try {
        model::train(data, options(), [](const propense_progress &) -> bool {
            throw std::logic_error("thrown in the callback");
        });
        return false;
    } catch (const std::logic_error &e) {
        std::cout << "as it should be: " << e.what() << "\n";
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " DATA.csv\n";
        return 2;
    }
    try {
        int epochs = 0;
        model trained = model::train(argv[1], options().set("epochs", "5").set("seed", "7"),
                                     [&epochs](const propense_progress &p) {
                                         epochs += p.epoch_ended;
                                         return true;
                                     });
        trained.save("model.keras");
        std::cout << epochs << " epochs, "
                  << model::load("model.keras").score(argv[1], "scores.csv") << " rows scored\n";
        return errors_arrive(argv[1]) && epochs == 5 ? 0 : 1;
    } catch (const std::exception &e) {
        std::cerr << e.what() << "\n";
        return 1;
    }
}
